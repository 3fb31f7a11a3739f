// A sheet of scores saves itself: every change is kept in this browser at once and on the server a moment later.
// A lost connection, an expired session or a second person on the same item loses nothing that was typed.
//
// The form names what it keeps (data-draft) and what a score is held against (data-against: 建议分, 自评分). Each row
// has an address (data-save), inputs with data-field, and its revision (data-revision); whoever listens for
// "autosave" on the document hears how many rows are not on the server yet.
(function () {
  "use strict";

  var form = document.getElementById("sheet-form");
  var status = document.getElementById("save-status");
  var bar = document.getElementById("sheet-bar");
  var draftKey = form.dataset.draft;
  var rows = Array.prototype.slice.call(form.querySelectorAll("[data-save]"));
  var WAIT = 800;
  var RETRY = 10000;
  var offlineTimer = null;
  var leavingFor = "";

  function fields(row) { return Array.prototype.slice.call(row.querySelectorAll("[data-field]")); }
  function field(row, name) { return row.querySelector('[data-field="' + name + '"]'); }
  function revision(row) { return row.querySelector("[data-revision]"); }
  function typed(row) {
    var values = {};
    fields(row).forEach(function (input) { values[input.dataset.field] = input.value.trim(); });
    return values;
  }
  function fill(row, values) {
    fields(row).forEach(function (input) {
      if (input.dataset.field in values) { input.value = values[input.dataset.field]; }
    });
  }
  function same(row, a, b) {
    return fields(row).every(function (input) { return a[input.dataset.field] === b[input.dataset.field]; });
  }
  function half(text) {
    return text.replace(/[０-９．]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); });
  }
  function number(text) { var value = half(text.trim()); return value === "" || isNaN(value) ? null : Number(value); }
  function csrf() {
    var found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return found ? found[1] : form.elements.csrfmiddlewaretoken.value;
  }

  // --- what this browser keeps -------------------------------------------------------------------------------
  function drafts() { try { return JSON.parse(localStorage.getItem(draftKey)) || {}; } catch (error) { return {}; } }
  function keep(row) {
    var all = drafts();
    var value = typed(row);
    value.revision = revision(row).value;
    all[row.dataset.item] = value;
    store(all);
  }
  function forget(row) { var all = drafts(); delete all[row.dataset.item]; store(all); }
  function store(all) {
    try {
      if (Object.keys(all).length) { localStorage.setItem(draftKey, JSON.stringify(all)); }
      else { localStorage.removeItem(draftKey); }
    } catch (error) { /* a full or forbidden storage leaves the server's copy, which is the one that counts */ }
  }

  // --- what the page shows -----------------------------------------------------------------------------------
  function say(text, kind) { status.textContent = text; status.className = "save-status " + (kind || ""); }
  function note(row, text, kind) {
    var place = row.querySelector(".save-state");
    place.textContent = text;
    place.className = "save-state " + (kind || "");
  }
  function written(value) { return String(Math.round(value * 100) / 100); }
  function announce(offline) {
    var waiting = rows.filter(function (row) { return row.dirty; }).length;
    document.dispatchEvent(new CustomEvent("autosave", { detail: { waiting: waiting, offline: offline } }));
  }
  function addUp() {
    var total = 0, all = 0;
    form.querySelectorAll("section.part").forEach(function (part) {
      var sum = 0, scored = 0, wanting = false;
      var items = part.querySelectorAll(".item");
      items.forEach(function (row) {
        var points = number(field(row, "points").value);
        if (points !== null && points >= 0 && points <= Number(row.dataset.full)) { sum += points; scored += 1; }
        if (row.querySelector(".item-need").textContent) { wanting = true; }
      });
      total += sum;
      all += scored;
      var id = part.id.replace("part-", "");
      bar.querySelector('[data-sum="' + id + '"]').textContent = written(sum);
      var state = bar.querySelector('[data-part="' + id + '"] .part-state');
      if (form.dataset.proof && !part.querySelector(".files li")) { wanting = true; }
      state.textContent = !scored ? "未开始" : scored < items.length ? "填写中" : wanting ? form.dataset.wanting : "已完成";
      state.dataset.state = state.textContent;
    });
    document.getElementById("total").textContent = written(total);
    var count = document.getElementById("scored");
    if (count) { count.textContent = all; }
    bar.classList.toggle("passed", total >= Number(bar.dataset.mark));
  }
  function showNeed(row) {
    if (!field(row, "points")) { return; }
    var points = number(field(row, "points").value);
    var need = "";
    if (points !== null && !typed(row).reason) {
      if (points < Number(row.dataset.full)) { need = "有扣分，请填写扣分原因"; }
      else if (row.dataset.other && points !== Number(row.dataset.other)) {
        need = "得分与" + form.dataset.against + "不同，请说明原因";
      }
    }
    row.querySelector(".item-need").textContent = need;
  }
  function offer(row, theirs) {
    var panel = row.querySelector(".conflict");
    panel.textContent = "";
    panel.hidden = false;
    row.classList.add("has-conflict");
    var text = document.createElement("p");
    var score = (theirs.points || "未评分") + (theirs.points ? "分" : "") + (theirs.reason ? "，" + theirs.reason : "");
    text.textContent = (theirs.scorer || "他人") + "于" + theirs.at + "保存了：" + (theirs.text || score) + "。您填写的内容保留未动。";
    panel.appendChild(text);
    [["采用对方的", true], ["保留我的", false]].forEach(function (choice) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-primary";
      button.textContent = choice[0];
      button.addEventListener("click", function () {
        revision(row).value = theirs.revision;
        if (choice[1]) { fill(row, theirs); }
        panel.hidden = true;
        row.classList.remove("has-conflict");
        changed(row);
        save(row);
      });
      panel.appendChild(button);
    });
  }

  // --- saving ------------------------------------------------------------------------------------------------
  function changed(row) {
    row.dirty = true;
    showNeed(row);
    addUp();
    keep(row);
    note(row, "未保存", "pending");
    announce();
    clearTimeout(row.timer);
    row.timer = setTimeout(function () { save(row); }, WAIT);
  }

  function save(row) {
    clearTimeout(row.timer);
    if (!row.dirty || row.classList.contains("has-conflict")) { return; }
    if (row.saving) { row.again = true; return; }
    row.saving = true;
    var sent = typed(row);
    var body = new URLSearchParams(sent);
    body.set("revision", revision(row).value);
    note(row, "正在保存…", "pending");
    fetch(row.dataset.save, {
      method: "POST", body: body, credentials: "same-origin", redirect: "manual", keepalive: true,
      headers: { "X-CSRFToken": csrf(), "Accept": "application/json" }
    }).then(function (response) { return settle(row, sent, response); }, function () { disconnected(row, "网络中断"); })
      .then(function () {
        row.saving = false;
        if (row.again) { row.again = false; save(row); }
        leave();
      });
  }

  function settle(row, sent, response) {
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      say("登录已过期，填写的内容保存在本机。请在新窗口重新登录后，点击“暂存”补存。", "failed");
      note(row, "未保存（登录已过期）", "failed");
      return null;
    }
    if (response.status >= 500) { disconnected(row, "服务器暂时没有响应"); return null; }
    if ([200, 409, 422, 423].indexOf(response.status) < 0) {
      refuse(row, "系统没有接受（" + response.status + "），填写的内容保存在本机，请刷新页面后再试");
      return null;
    }
    return response.json().then(function (answer) {
      if (response.status === 200) { succeed(row, sent, answer); }
      else if (response.status === 409) { note(row, "未保存：与他人填写的不一致", "failed"); offer(row, answer.theirs); }
      else { refuse(row, answer.errors.join("；")); }
    });
  }

  function succeed(row, sent, answer) {
    revision(row).value = answer.revision;
    fields(row)[0].removeAttribute("aria-invalid");
    note(row, "已保存 " + answer.saved_at, "done");
    if (same(row, sent, typed(row))) { row.dirty = false; forget(row); } else { row.again = true; keep(row); }
    announce(false);
    if (!rows.some(function (other) { return other.dirty; })) { say("已保存 " + answer.saved_at, "done"); }
  }

  function refuse(row, message) {
    fields(row)[0].setAttribute("aria-invalid", "true");
    note(row, "未保存：" + message, "failed");
    say("有内容未能保存，请查看标红的条目。", "failed");
  }

  function disconnected(row, cause) {
    note(row, "未保存（" + cause + "，内容已保存在本机）", "failed");
    say(cause + "，填写的内容保存在本机，恢复后自动补存。", "failed");
    announce(true);
    clearTimeout(offlineTimer);
    offlineTimer = setTimeout(saveAll, RETRY);
  }

  function saveAll() { rows.forEach(save); }

  // A page that reads what was typed (data-after-save) is opened once all that is on its way has been answered.
  function leave() {
    if (leavingFor && !rows.some(function (row) { return row.saving; })) { window.location.assign(leavingFor); }
  }

  function restore() {
    var kept = drafts();
    rows.forEach(function (row) {
      var draft = kept[row.dataset.item];
      if (!draft) { return; }
      if (same(row, draft, typed(row))) { forget(row); return; }
      fill(row, draft);
      revision(row).value = draft.revision;
      changed(row);
      save(row);
    });
  }

  // --- keys, suggestions, files ------------------------------------------------------------------------------
  function move(row, step) {
    var next = rows[rows.indexOf(row) + step];
    if (next && field(next, "points")) { field(next, "points").focus(); field(next, "points").select(); }
  }

  rows.forEach(function (row) {
    var points = field(row, "points");
    fields(row).forEach(function (input) {
      input.addEventListener("input", function () { changed(row); });
      input.addEventListener("change", function () { save(row); });
    });
    if (!points) { return; }
    points.addEventListener("keydown", function (event) {
      if (event.isComposing) { return; }
      var step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); move(row, step); }
    });
    var take = row.querySelector(".take");
    if (take) {
      take.hidden = false;
      take.addEventListener("click", function () { points.value = row.dataset.other; changed(row); save(row); });
    }
  });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    saveAll();
    if (!rows.some(function (row) { return row.dirty; })) { say("内容均已保存", "done"); }
  });
  document.querySelectorAll("a[data-after-save]").forEach(function (link) {
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.shiftKey || event.metaKey) { return; }
      event.preventDefault();
      leavingFor = link.href;
      saveAll();
      leave();
    });
  });
  window.addEventListener("online", saveAll);
  document.addEventListener("visibilitychange", function () { if (document.hidden) { saveAll(); } });
  document.body.addEventListener("htmx:afterRequest", function (event) {
    if (event.target.matches && event.target.matches("input[type=file]")) { event.target.value = ""; }
    addUp();
  });
  document.documentElement.classList.add("js");
  restore();
  addUp();
})();
