// The page's behaviour: one matrix per role, filters, and a detail view that the address (#testee/case) can name.

import { element, readableText, renderLog } from "./report-log.js";

/** @typedef {import("../src/report/page-data.ts").PageData} PageData */
/** @typedef {import("../src/report/page-data.ts").PageCase} PageCase */
/** @typedef {import("../src/report/page-data.ts").PageResult} PageResult */
/** @typedef {import("../src/report/page-data.ts").PageRun} PageRun */
/** @typedef {import("../src/report/page-data.ts").PageTestee} PageTestee */

/** @template {Element} T @param {string} selector @param {new () => T} type @returns {T} */
function find(selector, type) {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/** The data: base64 of deflated JSON. @returns {Promise<PageData>} */
async function unpack() {
  const packed = Uint8Array.from(atob(find("#report", HTMLScriptElement).text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).json();
}

const report = await unpack();
const MARKS = /** @type {Record<string, string>} */ ({
  pass: "✓",
  "non-strict": "!",
  informational: "i",
  fail: "✗",
  skipped: "–",
});

const FAMILIES = /** @type {Record<string, string>} */ ({
  SH: "Opening handshake, server",
  CH: "Opening handshake, client",
  FR: "Framing",
  MK: "Masking",
  FG: "Fragmentation",
  CT: "Control frames and close",
  UT: "UTF-8",
  DF: "permessage-deflate",
  RS: "Resources",
  LC: "Lifecycle",
});
const DELIVERIES = /** @type {Record<string, string>} */ ({
  whole: "in one write",
  bytes: "byte by byte",
  splits: "in random pieces",
});

const results = new Map(
  report.testees.map((testee) => [testee, new Map(testee.results.map((result) => [result.id, result]))]),
);
const roles = ["server", "client"].filter((role) => report.testees.some((testee) => testee.role === role));
const state = { role: roles[0] ?? "server", text: "", verdicts: new Set(), group: "", differing: false };

const dialog = find("dialog", HTMLDialogElement);
const body = find("#matrix", HTMLElement);

/** The part of an id before its first number: `SH-12` and `SH-12/b` belong together. @param {string} id */
function familyOf(id) {
  return /^[A-Za-z]+(?:-[A-Za-z]+)*/.exec(id)?.[0] ?? id;
}

/** @param {PageCase} about @param {readonly (PageResult | undefined)[]} row */
function visible(about, row) {
  if (about.role !== state.role) return false;
  if (state.group !== "" && about.group !== state.group) return false;
  const words = `${about.id} ${about.title} ${about.section}`.toLowerCase();
  if (!state.text.split(/\s+/).every((word) => words.includes(word))) return false;
  if (state.verdicts.size > 0 && !row.some((result) => result !== undefined && state.verdicts.has(result.verdict))) {
    return false;
  }
  return !state.differing || new Set(row.map((result) => result?.verdict)).size > 1;
}

function renderMatrix() {
  const testees = report.testees.filter((testee) => testee.role === state.role);
  const head = element("tr", {}, element("th", { scope: "col" }, "Case"));
  for (const testee of testees) head.append(element("th", { scope: "col", title: testee.target }, testee.name));
  const rows = element("tbody");
  let family = "";
  let shown = 0;
  for (const about of report.cases) {
    const row = testees.map((testee) => results.get(testee)?.get(about.id));
    if (!visible(about, row)) continue;
    shown += 1;
    const own = familyOf(about.id);
    if (own !== family) {
      const span = String(testees.length + 1);
      rows.append(
        element("tr", { class: "family" }, element("th", { colspan: span, scope: "rowgroup" }, FAMILIES[own] ?? own)),
      );
      family = own;
    }
    const name = element("th", { scope: "row" }, element("span", { class: "id" }, about.id));
    name.append(element("span", { class: "title" }, about.title));
    const line = element("tr", {}, name);
    row.forEach((result, index) => {
      line.append(element("td", {}, ...cell(/** @type {PageTestee} */ (testees[index]), result)));
    });
    rows.append(line);
  }
  body.replaceChildren(element("table", {}, element("thead", {}, head), rows));
  const total = report.cases.filter((about) => about.role === state.role).length;
  find("#shown", HTMLElement).textContent = `${shown} of ${total} cases`;
}

/** @param {PageTestee} testee @param {PageResult | undefined} result */
function cell(testee, result) {
  if (result === undefined) return [];
  const label = `${result.id} ${testee.name}: ${result.verdict}`;
  const button = element("button", { class: `cell ${result.verdict}`, type: "button", "aria-label": label });
  button.title = result.reasons.length === 0 ? result.verdict : result.reasons.join("\n").slice(0, 300);
  button.append(MARKS[result.verdict] ?? "?", " ", element("span", { class: "word" }, shortName(result.verdict)));
  button.addEventListener("click", () => {
    location.hash = address(testee, result.id);
  });
  return [button];
}

/** @param {string} verdict */
function shortName(verdict) {
  return verdict === "informational" ? "info" : verdict;
}

/** @param {PageTestee} testee @param {string} id */
function address(testee, id) {
  return `${encodeURIComponent(`${testee.name} ${testee.role}`)}/${encodeURIComponent(id)}`;
}

/** Shows what the address names, or closes the detail view. */
function followAddress() {
  const [name, id, run] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const testee = report.testees.find((candidate) => `${candidate.name} ${candidate.role}` === name);
  const about = report.cases.find((candidate) => candidate.id === id && candidate.role === testee?.role);
  const result = testee === undefined ? undefined : results.get(testee)?.get(id ?? "");
  if (testee === undefined || about === undefined || result === undefined) {
    if (dialog.open) dialog.close();
    return;
  }
  dialog.replaceChildren(detailHead(testee, about), detailBody(testee, about, result, Number(run ?? -1)));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

/** @param {PageTestee} testee @param {PageCase} about */
function detailHead(testee, about) {
  const names = [...body.querySelectorAll("tbody .id")].map((node) => node.textContent ?? "");
  const index = names.indexOf(about.id);
  /** @param {string} label @param {string | undefined} id */
  const step = (label, id) => {
    const button = element("button", { type: "button" }, label);
    if (id === undefined) button.setAttribute("disabled", "");
    else button.addEventListener("click", () => location.replace(`#${address(testee, id)}`));
    return button;
  };
  const close = element("button", { type: "button", autofocus: "" }, "Close");
  close.addEventListener("click", () => dialog.close());
  const head = element("div", { class: "detail-head" }, element("span", { class: "id" }, about.id));
  head.append(step("← Previous", index > 0 ? names[index - 1] : undefined));
  head.append(step("Next →", index >= 0 ? names[index + 1] : undefined), close);
  return head;
}

/** @param {string} title @param {string} kind @param {readonly string[]} lines */
function side(title, kind, lines) {
  const made = element("section", { class: `side ${kind}` }, element("h3", {}, title));
  for (const line of lines) made.append(element("p", {}, readableText(line)));
  return made;
}

/** @param {PageTestee} testee @param {PageCase} about @param {PageResult} result @param {number} wanted A run's index. */
function detailBody(testee, about, result, wanted) {
  const worst = result.runs.findIndex(({ verdict }) => verdict === result.verdict);
  const index = result.runs[wanted] === undefined ? Math.max(0, worst) : wanted;
  const run = result.runs[index];
  const observed = (run ?? result).reasons;
  const verdict = (run ?? result).verdict;
  const body = element("div", { class: "detail" }, element("h2", {}, about.title));
  body.append(element("p", { class: "tags" }, `${about.section} · ${about.role} under test · group ${about.group}`));
  body.append(tabs(testee, about), element("div", { class: "sides" }, side("Sent", "", [about.input])));
  const sides = element("div", { class: "sides" }, side("Expected", "", [about.expectation]));
  sides.append(side(verdict, verdict, observed.length === 0 ? ["As expected."] : observed));
  body.append(sides, runTabs(testee, about, result, index));
  if (run !== undefined && run.log.length > 0) body.append(renderLog(run.log));
  else if (run !== undefined) body.append(element("p", { class: "tags" }, "The log of this run was not kept."));
  return body;
}

/** @param {PageTestee} testee @param {PageCase} about @param {PageResult} result @param {number} current */
function runTabs(testee, about, result, current) {
  const list = element("div", { class: "tabs", role: "tablist", "aria-label": "Runs" });
  result.runs.forEach((run, index) => {
    const selected = String(index === current);
    const tab = element("button", { class: run.verdict, type: "button", role: "tab", "aria-selected": selected });
    tab.append(`${MARKS[run.verdict] ?? ""} ${DELIVERIES[run.delivery] ?? run.delivery}, ${run.durationMs} ms`);
    tab.title = `seed ${run.seed}`;
    tab.addEventListener("click", () => location.replace(`#${address(testee, about.id)}/${index}`));
    list.append(tab);
  });
  return list;
}

/** @param {PageTestee} current @param {PageCase} about */
function tabs(current, about) {
  const list = element("div", { class: "tabs", role: "tablist", "aria-label": "Testees" });
  for (const testee of report.testees) {
    const result = results.get(testee)?.get(about.id);
    if (result === undefined || testee.role !== about.role) continue;
    const selected = String(testee === current);
    const tab = element("button", { class: result.verdict, type: "button", role: "tab", "aria-selected": selected });
    tab.append(`${MARKS[result.verdict] ?? ""} ${testee.name}`);
    tab.addEventListener("click", () => location.replace(`#${address(testee, about.id)}`));
    list.append(tab);
  }
  return list;
}

for (const button of document.querySelectorAll("[data-verdict]")) {
  button.addEventListener("click", () => {
    const verdict = button.getAttribute("data-verdict");
    const pressed = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(pressed));
    if (pressed) state.verdicts.add(verdict);
    else state.verdicts.delete(verdict);
    renderMatrix();
  });
}

for (const button of document.querySelectorAll("[data-role]")) {
  const role = button.getAttribute("data-role") ?? "";
  button.toggleAttribute("hidden", !roles.includes(role) || roles.length < 2);
  button.setAttribute("aria-pressed", String(role === state.role));
  button.addEventListener("click", () => {
    state.role = role;
    for (const other of document.querySelectorAll("[data-role]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    renderMatrix();
  });
}

find("#search", HTMLInputElement).addEventListener("input", (event) => {
  state.text = /** @type {HTMLInputElement} */ (event.target).value.trim().toLowerCase();
  renderMatrix();
});

find("#group", HTMLSelectElement).addEventListener("change", (event) => {
  state.group = /** @type {HTMLSelectElement} */ (event.target).value;
  renderMatrix();
});

find("#differing", HTMLButtonElement).addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  state.differing = !state.differing;
  button.setAttribute("aria-pressed", String(state.differing));
  renderMatrix();
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => {
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
});
addEventListener("hashchange", followAddress);

renderMatrix();
followAddress();
