// The error summary of a refused form takes the focus, so that nobody has to look for it.
(function () {
  "use strict";
  var summary = document.querySelector(".error-summary");
  if (summary) { summary.focus(); }
})();
