/* The global `app`: what the page of an application asks the grader, and what it is told.

   The grader puts this text in front of the author's page, with one element of JSON beside it: #standing where the grader
   serves the page, #deployed in a page that was exported. Nothing here knows what the application is about. */
const app = (() => {
  "use strict";

  const PAUSE = 2000; // milliseconds from one look at the student's file to the next, while the page is seen
  const EMPTY = { title: {}, file: "", language: "zh", stages: {}, functions: [], next: null, exportable: false };

  /** What the application could not do: `kind` is locked, raised, stopped, refused or gone; `message` is to be shown. */
  class Failure extends Error {
    constructor(kind, message) {
      super(message);
      this.name = "Failure";
      this.kind = kind;
    }
  }

  /** Returns what an element of JSON holds, or null where the page has none of that name. */
  function embedded(id) {
    const element = document.getElementById(id);
    return element && element.textContent.trim() ? JSON.parse(element.textContent) : null;
  }

  const deployed = embedded("deployed");
  let standing = deployed ? { ...EMPTY, ...deployed } : embedded("standing") || EMPTY;
  let language = chosen() || (deployed && browsers()) || (standing.language === "en" ? "en" : "zh");
  let gone = false;
  let asking = false;
  let last = Promise.resolve();
  const callbacks = [];

  function chosen() {
    const wanted = new URLSearchParams(location.search).get("lang");
    return wanted === "zh" || wanted === "en" ? wanted : null;
  }

  /** Who opens an exported page may be anybody: it follows the browser's language. */
  function browsers() {
    const wanted = navigator.language.slice(0, 2).toLowerCase();
    return wanted === "zh" || wanted === "en" ? wanted : null;
  }

  const say = (zh, en) => (language === "en" ? en : zh);

  const ended = () =>
    new Failure("gone", say("评分程序已经停止。请在终端里重新运行 grade app，再打开它给出的新地址。",
      "The grader has ended. Run grade app again in the terminal, and open the new address."));

  function notify() {
    for (const callback of callbacks) callback();
  }

  function heard(alive) {
    if (gone !== alive) return;
    gone = !alive;
    notify();
  }

  /** Returns the answer of our own server; raises a Failure where there is none, or none that we can use. */
  async function answered(address, options = {}) {
    const headers = { "Accept-Language": language, ...options.headers };
    let response;
    try {
      response = await fetch(address, { cache: "no-store", ...options, headers });
    } catch {
      heard(false);
      throw ended();
    }
    heard(true);
    if (response.ok) return response;
    const { failure } = await response.json().catch(() => ({}));
    throw failure ? new Failure(failure.kind, failure.message) : refused(response);
  }

  const refused = ({ status }) =>
    new Failure("refused", say(`评分程序没有接受这次请求（${status}）。`, `The grader refused this request (${status}).`));

  async function fetched(address, options) {
    const response = await answered(address, options);
    const answer = await response.json().catch(() => { throw refused(response); });
    if (answer.failure) throw new Failure(answer.failure.kind, answer.failure.message);
    return answer;
  }

  const post = (address, content) =>
    fetched(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) });

  /** Calls are made one at a time, in the order in which they were asked for: the server answers one at a time. */
  function queued(work) {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  }

  async function call(name, given = {}) {
    try {
      return (await queued(() => post("call", { function: name, arguments: given }))).value;
    } catch (failure) {
      // What was open a moment ago may be locked now: the student is writing.
      if (failure instanceof Failure && failure.kind === "locked") look();
      throw failure;
    }
  }

  async function reset() {
    await queued(() => post("reset", {}));
  }

  /** Saves the page as one file, with the network in it, as the browser saves a download. */
  async function save() {
    const response = await queued(() => answered("export"));
    const named = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = named ? named[1] : "application.html";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000); // a browser may ask where to, before it reads
  }

  /** Asks what is open, and tells the page where that is no longer what it knew. */
  async function look() {
    if (asking) return;
    asking = true;
    try {
      const found = { ...EMPTY, ...(await fetched("standing")) };
      const changed = JSON.stringify(found) !== JSON.stringify({ ...EMPTY, ...standing });
      standing = found;
      if (changed) notify();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
    } finally {
      asking = false;
    }
  }

  /** Calls back at once, then whenever stages, functions or the language changed, or the server went or came back. */
  function onchange(callback) {
    callbacks.push(callback);
    callback();
  }

  /** Changes the language of `say`, of the address and of what the server tells from now on. */
  function speak(wanted) {
    if (wanted === language) return;
    language = wanted;
    document.documentElement.lang = language === "en" ? "en" : "zh-CN";
    const address = new URL(location.href);
    address.searchParams.set("lang", language);
    history.replaceState(null, "", address);
    notify();
    if (!deployed) look();
  }

  /** Runs the exported network on one input; returns every tensor by its name, without the batch dimension. */
  function run(input) {
    const tensors = runNetwork(deployed.network, [input]); // defined by network.js, which an exported page holds
    return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor[0]]));
  }

  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  const common = {
    Failure,
    deployed,
    onchange,
    say,
    speak,
    get language() { return language; },
    get title() { return standing.title[language] ?? ""; },
    get file() { return standing.file; },
    get stages() { return standing.stages; },
    get functions() { return standing.functions; },
    get next() { return standing.next; },
    get exportable() { return Boolean(standing.exportable); },
    get gone() { return gone; },
  };
  if (deployed) return Object.freeze(Object.defineProperties({ run }, Object.getOwnPropertyDescriptors(common)));

  const seen = () => document.visibilityState === "visible";
  setInterval(() => seen() && look(), PAUSE);
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", () => seen() && look());
  const live = {
    call,
    reset,
    save,
  };
  return Object.freeze(Object.defineProperties(live, Object.getOwnPropertyDescriptors(common)));
})();
