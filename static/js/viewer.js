// Pictures put forward open beside the row they belong to: a panel at a desk, the whole screen on a phone.
(function () {
  "use strict";
  var viewer = document.getElementById("viewer");
  var picture = viewer.querySelector("img");
  var title = viewer.querySelector("span");
  var whole = viewer.querySelector("a");
  var close = viewer.querySelector("button");
  var opener = null;

  function show(link) {
    opener = link;
    var inner = link.querySelector("img");
    title.textContent = inner ? inner.alt : link.textContent.trim();
    picture.alt = title.textContent;
    picture.src = link.href;
    whole.href = link.href;
    viewer.hidden = false;
    document.body.classList.add("viewing");
    close.focus();
  }
  function hide() {
    viewer.hidden = true;
    picture.removeAttribute("src");
    document.body.classList.remove("viewing");
    if (opener) { opener.focus(); }
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    show(link);
  });
  close.addEventListener("click", hide);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape" && !viewer.hidden) { hide(); } });
})();
