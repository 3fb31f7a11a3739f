/* 命名、撤销: the shares of the targets follow the ticked units; without JavaScript they are those of the last answer. */
(() => {
  const table = document.getElementById("title-preview");
  if (!table) return;
  const boxes = Array.from(document.querySelectorAll("input[name=units]"));
  const sign = Number(table.dataset.sign);

  const show = () => {
    table.querySelectorAll("tr[data-category]").forEach((row) => {
      const { category, named, total } = row.dataset;
      const ticked = boxes.filter((box) => box.checked && box.dataset.category === category).length;
      const after = Number(named) + sign * ticked;
      const all = Number(total);
      /* Whole tenths, rounded half up, so that no binary fraction tips the last digit. */
      const tenths = Math.floor((2000 * after + all) / (2 * all));
      const share = all ? `，${Math.floor(tenths / 10)}.${tenths % 10}%` : "";
      row.querySelector("[data-after]").textContent = `${after}／${total}${share}`;
    });
  };
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
})();
