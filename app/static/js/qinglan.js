// What the browser adds to pages that already work without it. One file, no build step.
(function () {
  "use strict";

  const body = document.body;
  const text = (name) => body.dataset["text" + name] || "";

  // --- small helpers ---------------------------------------------------------------------------

  const each = (root, selector, action) => {
    if (root.matches && root.matches(selector)) action(root);
    root.querySelectorAll(selector).forEach(action);
  };

  const loaded = new Map();
  function loadScript(address) {
    if (!loaded.has(address)) {
      loaded.set(
        address,
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = address;
          script.onload = resolve;
          script.onerror = () => reject(new Error("could not load " + address));
          document.head.append(script);
        }),
      );
    }
    return loaded.get(address);
  }

  function loadStyle(address) {
    if (loaded.has(address)) return;
    loaded.set(address, true);
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    // Before our own sheets, so that they keep the last word.
    document.head.insertBefore(link, document.head.querySelector('link[href*="/css/qinglan.css"]'));
  }

  function announce(message) {
    const live = document.querySelector("[data-live]");
    if (live) live.textContent = message;
  }

  function toast(message, tone) {
    const host = document.querySelector("[data-toasts]");
    if (!host) return;
    // A poll that fails every second says so once.
    const shown = host.querySelector(".ql-alert-body");
    if (shown && shown.textContent === message) return;
    const box = document.createElement("div");
    box.className = "ql-alert ql-tone-" + (tone || "danger");
    box.setAttribute("role", tone === "success" ? "status" : "alert");
    const words = document.createElement("div");
    words.className = "ql-alert-body";
    words.textContent = message;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-sm";
    close.textContent = text("Close");
    close.addEventListener("click", () => box.remove());
    box.append(words, close);
    host.replaceChildren(box);
    if (tone === "success") window.setTimeout(() => box.remove(), 4000);
  }

  // --- theme -----------------------------------------------------------------------------------

  function startTheme() {
    const button = document.querySelector("[data-theme-toggle]");
    if (!button) return;
    const root = document.documentElement;
    const show = () => button.setAttribute("aria-pressed", String(root.dataset.bsTheme === "dark"));
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      try {
        window.localStorage.setItem("qinglan-theme", root.dataset.bsTheme);
      } catch (error) {
        // The choice then lasts for this page only.
      }
      show();
      document.querySelectorAll("[data-chart]").forEach(drawChart);
    });
  }

  // --- menus and the drawer: <details> that close when one leaves them --------------------------

  function startMenus() {
    const menus = () => document.querySelectorAll("details[data-menu][open], details[data-drawer][open]");
    document.addEventListener("click", (event) => {
      menus().forEach((menu) => {
        const panel = menu.querySelector(":scope > :not(summary)");
        const isOutside = !menu.contains(event.target);
        const isBackdrop = menu.hasAttribute("data-drawer") && isOutside && !panel.contains(event.target);
        if (isOutside || isBackdrop) menu.open = false;
      });
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menus().forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    });
    document.addEventListener("focusin", (event) => {
      menus().forEach((menu) => {
        if (!menu.contains(event.target)) menu.open = false;
      });
    });
  }

  // --- searchable selects ------------------------------------------------------------------------

  async function enhanceSelect(select) {
    if (select.tomselect || !body.dataset.tomSelect) return;
    loadStyle(body.dataset.tomSelectCss);
    await loadScript(body.dataset.tomSelect);
    if (select.tomselect) return;
    const nothing = document.createElement("div");
    nothing.className = "no-results";
    nothing.textContent = text("None");
    const control = new window.TomSelect(select, {
      plugins: select.multiple ? ["remove_button"] : [],
      maxOptions: 500,
      allowEmptyOption: true,
      searchField: ["text", "value"],
      render: { no_results: () => nothing.cloneNode(true) },
    });
    ["aria-describedby", "aria-invalid"].forEach((name) => {
      if (select.hasAttribute(name)) control.control_input.setAttribute(name, select.getAttribute(name));
    });
    if (select.getAttribute("aria-label")) {
      control.control_input.setAttribute("aria-label", select.getAttribute("aria-label"));
      control.dropdown_content.setAttribute("aria-label", select.getAttribute("aria-label"));
    }
  }

  // --- charts --------------------------------------------------------------------------------------

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // ECharts' HTML tooltips carry style attributes, which the Content-Security-Policy forbids.
  function withHouseStyle(option) {
    const ink = colour("--ql-ink");
    const quiet = colour("--ql-ink-2");
    const line = colour("--ql-line");
    const axis = (given) => {
      const one = (a) =>
        Object.assign({}, a, {
          axisLabel: Object.assign({ color: quiet }, a.axisLabel),
          axisLine: Object.assign({ lineStyle: { color: colour("--ql-line-strong") } }, a.axisLine),
          splitLine: Object.assign({ lineStyle: { color: line } }, a.splitLine),
          nameTextStyle: Object.assign({ color: quiet }, a.nameTextStyle),
        });
      return Array.isArray(given) ? given.map(one) : given && one(given);
    };
    const styled = Object.assign({}, option, {
      color: option.color || [1, 2, 3, 4, 5, 6, 7, 8].map((n) => colour("--ql-chart-" + n)),
      backgroundColor: "transparent",
      textStyle: Object.assign({ fontFamily: getComputedStyle(body).fontFamily, color: ink }, option.textStyle),
      tooltip: Object.assign(
        { trigger: "item", backgroundColor: colour("--ql-surface"), borderColor: line, textStyle: { color: ink } },
        option.tooltip,
        { renderMode: "richText", confine: true },
      ),
      animation: option.animation !== false && !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    if (option.legend) styled.legend = Object.assign({ textStyle: { color: ink }, type: "scroll" }, option.legend);
    if (option.xAxis) styled.xAxis = axis(option.xAxis);
    if (option.yAxis) styled.yAxis = axis(option.yAxis);
    styled.series = [].concat(option.series || []).map((one) =>
      Object.assign({}, one, {
        label: Object.assign({ color: ink, textBorderWidth: 0 }, one.label),
        lineStyle: one.type === "sankey" ? Object.assign({ color: "gradient", opacity: 0.35 }, one.lineStyle) : one.lineStyle,
      }),
    );
    // A toolbox button or a label with its own HTML has no place under the policy either.
    delete styled.toolbox;
    return styled;
  }

  async function chartOption(element) {
    if (element.dataset.chartUrl) {
      const answer = await fetch(element.dataset.chartUrl, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error("chart data: " + answer.status);
      return answer.json();
    }
    const source = document.getElementById(element.dataset.chart);
    return source ? JSON.parse(source.textContent) : null;
  }

  async function drawChart(element) {
    try {
      const [option] = await Promise.all([chartOption(element), loadScript(body.dataset.echarts)]);
      if (!option) return;
      let chart = window.echarts.getInstanceByDom(element);
      if (!chart) {
        chart = window.echarts.init(element, null, { renderer: "canvas", locale: document.documentElement.lang === "en" ? "EN" : "ZH" });
        new ResizeObserver(() => chart.resize()).observe(element);
        // A point that has an address opens the names behind it.
        chart.on("click", (event) => {
          const address = event.data && event.data.url;
          if (typeof address === "string" && address.startsWith("/") && !address.startsWith("//")) location.assign(address);
        });
      }
      chart.setOption(withHouseStyle(option), true);
    } catch (error) {
      // The table beside the chart says the same.
      element.hidden = true;
      const table = element.closest("figure") && element.closest("figure").querySelector("details");
      if (table) table.open = true;
    }
  }

  // --- confirm: the <details> panel shown as a modal dialog ------------------------------------------

  function startConfirm(details) {
    if (!window.HTMLDialogElement || details.dataset.ready) return;
    details.dataset.ready = "1";
    const summary = details.querySelector("summary");
    const panel = details.querySelector(".ql-confirm-panel");
    summary.addEventListener("click", (event) => {
      event.preventDefault();
      const dialog = document.createElement("dialog");
      dialog.className = "ql-dialog";
      const heading = panel.querySelector("[id]");
      if (heading) dialog.setAttribute("aria-labelledby", heading.id);
      dialog.append(panel);
      document.body.append(dialog);
      const leave = () => dialog.close();
      panel.querySelectorAll("[data-confirm-cancel]").forEach((button) => {
        button.hidden = false;
        button.addEventListener("click", leave, { once: true });
      });
      dialog.addEventListener("close", () => {
        details.append(panel);
        dialog.remove();
        summary.focus();
      });
      dialog.showModal();
    });
  }

  // --- forms -------------------------------------------------------------------------------------------

  function startForms(root) {
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();

    each(root, "form[data-guard]", (form) => {
      const initial = () => new URLSearchParams(new FormData(form)).toString();
      form.dataset.was = initial();
      // Sent back with errors: what is in the form has not been saved either.
      if (form.querySelector("[aria-invalid]")) form.dataset.was = "";
      form.addEventListener("submit", () => (form.dataset.leaving = "1"));
    });

    each(root, "form[data-filter-auto]", (form) => {
      form.addEventListener("change", (event) => {
        if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
      });
    });

    // Empty fields only make long addresses.
    each(root, "form[data-filter], form[data-filter-auto]", (form) => {
      form.addEventListener("formdata", (event) => {
        [...event.formData.entries()].forEach(([name, value]) => {
          if (value === "") event.formData.delete(name);
        });
      });
    });

    each(root, "form[data-bulk]", startBulk);
  }

  window.addEventListener("beforeunload", (event) => {
    const changed = [...document.querySelectorAll("form[data-guard]")].some(
      (form) => !form.dataset.leaving && form.dataset.was !== new URLSearchParams(new FormData(form)).toString(),
    );
    if (changed) event.preventDefault();
  });
  // Coming back with the back button: guard again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-guard]").forEach((form) => delete form.dataset.leaving);
  });

  // A second press while the first is on its way would send the form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.resend !== undefined) return;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 3000) event.preventDefault();
    form.dataset.sent = String(Date.now());
  });

  function startBulk(form) {
    const name = form.dataset.bulk;
    const all = form.querySelector("[data-select-all]");
    const boxes = () => [...form.querySelectorAll('input[type=checkbox][name="' + name + '"]')];
    const counter = form.querySelector("[data-bulk-count]");
    const show = () => {
      const chosen = boxes().filter((box) => box.checked).length;
      if (counter) counter.textContent = chosen ? chosen + " " + text("Selected") : "";
      const bar = form.querySelector("[data-bulk-bar]");
      if (bar) bar.classList.toggle("is-active", chosen > 0);
      if (all) {
        all.checked = chosen > 0 && chosen === boxes().length;
        all.indeterminate = chosen > 0 && chosen < boxes().length;
      }
    };
    if (all) {
      all.hidden = false;
      all.addEventListener("change", () => {
        boxes().forEach((box) => (box.checked = all.checked));
        show();
      });
    }
    form.addEventListener("change", show);
    show();
  }

  // --- copy ---------------------------------------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const words = source ? source.innerText.trim() : button.dataset.copyText || "";
    try {
      await navigator.clipboard.writeText(words);
      toast(text("Copied"), "success");
    } catch (error) {
      // No clipboard outside https: select it, so that Ctrl+C works.
      if (source) getSelection().selectAllChildren(source);
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // --- htmx ------------------------------------------------------------------------------------------------

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    toast(status === 401 || status === 403 ? text("Forbidden") : text("Error"));
  });
  document.addEventListener("htmx:sendError", () => toast(text("Error")));
  document.addEventListener("htmx:timeout", () => toast(text("Error")));
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('input[name="csrf_token"]');
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.value;
  });
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));

  // Says a job's state when it changes, not on every poll.
  let lastSaid = "";
  function sayProgress(card) {
    if (card.dataset.announceKey === lastSaid) return;
    lastSaid = card.dataset.announceKey;
    announce(card.dataset.announce);
  }

  // --- start ---------------------------------------------------------------------------------------------------

  const started = new WeakSet();
  function start(root) {
    if (started.has(root)) return;
    started.add(root);
    each(root, "select[data-enhance=select]", enhanceSelect);
    each(root, "[data-chart]", drawChart);
    each(root, "details[data-confirm]", startConfirm);
    each(root, "[data-announce]", sayProgress);
    each(root, "[data-needs-js]", (element) => (element.hidden = false));
    startForms(root);
  }

  startTheme();
  startMenus();
  start(body);
})();
