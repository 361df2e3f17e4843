// Runs before the first paint, so that a dark page never flashes white.
(function () {
  "use strict";
  var stored = null;
  try {
    stored = window.localStorage.getItem("qinglan-theme");
  } catch (error) {
    // Storage may be closed to us; then the system's wish decides.
  }
  var dark = window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches;
  var theme = stored === "dark" || stored === "light" ? stored : dark ? "dark" : "light";
  document.documentElement.setAttribute("data-bs-theme", theme);
  document.documentElement.classList.add("ql-js");
})();
