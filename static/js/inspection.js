// Photographs taken on site are kept on the device until the server has them; each carries a key, so that one sent
// twice lands once. One line says what is still only on this device, scores (from autosave.js) and photographs alike.
(function () {
  "use strict";

  var status = document.getElementById("device-status");
  var person = status.dataset.person;
  var token = document.querySelector("#sheet-form [name=csrfmiddlewaretoken]").value;
  var queue = [];
  var scores = 0;
  var offline = false;
  var expired = false;
  var sending = false;
  var timer = null;
  var RETRY = 10000;

  // --- what this device keeps --------------------------------------------------------------------------------
  var opened = new Promise(function (resolve, reject) {
    var request = indexedDB.open("inspection", 1);
    request.onupgradeneeded = function () { request.result.createObjectStore("photos", { keyPath: "key" }); };
    request.onsuccess = function () { resolve(request.result); };
    request.onerror = function () { reject(request.error); };
  });
  function store(mode, act) {
    return opened.then(function (database) {
      return new Promise(function (resolve, reject) {
        var transaction = database.transaction("photos", mode);
        var request = act(transaction.objectStore("photos"));
        transaction.oncomplete = function () { resolve(request.result); };
        transaction.onerror = transaction.onabort = function () { reject(transaction.error); };
      });
    });
  }
  function keep(entry) {
    var kept = { key: entry.key, person: person, item: entry.item, url: entry.url, name: entry.name, blob: entry.blob };
    return store("readwrite", function (photos) { return photos.put(kept); }).catch(function () {
      entry.loose = true; // a device that keeps nothing: the photograph is sent from memory while the page is open
    });
  }
  function drop(entry) {
    queue = queue.filter(function (other) { return other !== entry; });
    if (entry.preview) { URL.revokeObjectURL(entry.preview.querySelector("img").src); entry.preview.remove(); }
    say();
    return store("readwrite", function (photos) { return photos.delete(entry.key); }).catch(function () {});
  }
  function newKey() {
    return Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return ("0" + byte.toString(16)).slice(-2);
    }).join("");
  }

  // --- what the page shows -----------------------------------------------------------------------------------
  function say() {
    var waiting = scores + queue.filter(function (entry) { return !entry.refused; }).length;
    var away = offline || navigator.onLine === false;
    status.hidden = !waiting && !away;
    status.className = "device-status" + (away || expired ? " away" : "");
    if (expired && waiting) { status.textContent = "登录已过期，已存在本机 " + waiting + " 项，请在新窗口重新登录后刷新本页。"; }
    else if (away && waiting) { status.textContent = "离线，已存在本机 " + waiting + " 项，恢复后自动补传。离线时请勿刷新本页。"; }
    else if (away) { status.textContent = "离线，可以继续填写和拍照，恢复后自动补传。离线时请勿刷新本页。"; }
    else if (waiting) { status.textContent = "正在上传，还有 " + waiting + " 项。"; }
  }
  function show(entry) {
    var list = document.querySelector('[data-pending="' + entry.item + '"]');
    var here = document.querySelector('[data-photos="' + entry.url + '"]');
    if (!list || !here) { return; }
    var line = document.createElement("li");
    var picture = document.createElement("img");
    picture.src = URL.createObjectURL(entry.blob);
    picture.alt = "未上传的照片：" + entry.name;
    var note = document.createElement("span");
    note.textContent = "已存本机";
    line.appendChild(picture);
    line.appendChild(note);
    list.appendChild(line);
    entry.preview = line;
  }
  function refuse(entry, message) {
    entry.refused = message;
    if (!entry.preview) { return; }
    entry.preview.querySelector("span").textContent = "未上传：" + message;
    entry.preview.classList.add("refused");
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-secondary";
    button.textContent = "从本机删除";
    button.addEventListener("click", function () { drop(entry); });
    entry.preview.appendChild(button);
  }

  // --- sending -----------------------------------------------------------------------------------------------
  function add(file, item, url) {
    var entry = { key: newKey(), item: item, url: url, name: file.name || "照片.jpg", blob: file };
    queue.push(entry);
    show(entry);
    say();
    keep(entry).then(flush);
  }

  function flush() {
    clearTimeout(timer);
    var entry = queue.filter(function (other) { return !other.refused; })[0];
    if (sending || !entry) { return; }
    sending = true;
    var body = new FormData();
    body.append("photos", entry.blob, entry.name);
    body.append("key", entry.key);
    fetch(entry.url, {
      method: "POST", body: body, credentials: "same-origin", redirect: "manual",
      headers: { "X-CSRFToken": token, "HX-Request": "true" }
    }).then(function (response) { return settle(entry, response); }, wait).then(function (goOn) {
      sending = false;
      say();
      if (goOn) { flush(); }
    });
  }

  function wait() {
    offline = true;
    timer = setTimeout(flush, RETRY);
    return false;
  }

  function settle(entry, response) {
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      expired = true;
      return false;
    }
    if (response.status >= 500) { return wait(); }
    offline = expired = false;
    if (response.status !== 200 && response.status !== 422) {
      refuse(entry, "系统没有接受（" + response.status + "）");
      return true;
    }
    return response.text().then(function (html) {
      var answer = new DOMParser().parseFromString(html, "text/html").querySelector(".photos-of");
      if (response.status === 422) {
        refuse(entry, answer.querySelector(".field-error").textContent);
        return true;
      }
      var place = document.getElementById(answer.id);
      if (place && place.dataset.inspection === answer.dataset.inspection) {
        place.replaceWith(answer);
        if (window.htmx) { window.htmx.process(answer); }
      }
      return drop(entry).then(function () { return true; });
    });
  }

  // --- beginning ---------------------------------------------------------------------------------------------
  document.querySelectorAll("[data-photos] input[type=file]").forEach(function (input) {
    input.addEventListener("change", function () {
      var row = input.closest("[data-item]");
      Array.prototype.forEach.call(input.files, function (file) {
        add(file, row.dataset.item, input.closest("[data-photos]").dataset.photos);
      });
      input.value = "";
    });
  });
  document.addEventListener("autosave", function (event) {
    scores = event.detail.waiting;
    if (event.detail.offline !== undefined) { offline = event.detail.offline; }
    say();
  });
  window.addEventListener("online", function () { offline = false; say(); flush(); });
  window.addEventListener("offline", say);
  store("readonly", function (photos) { return photos.getAll(); }).then(function (kept) {
    kept.filter(function (entry) { return entry.person === person; }).forEach(function (entry) {
      queue.push(entry);
      show(entry);
    });
    say();
    flush();
  }).catch(function () {});
  document.documentElement.classList.add("js");
})();
