// Files into a case in parts (tus 1.0.0), each part with its checksum; over lines that break, and on after a reload.
// The token stays in this page's memory. Kept in the browser: the address of an unfinished upload, under a digest.

const PART = 4 * 1024 * 1024;
const ATTEMPTS = 8; // in a row without a byte gained
const AGAIN = [0, 408, 409, 423, 429, 460, 502, 503, 504];
const KEEP = "anjuan.upload.";
const LIFE = 24 * 60 * 60 * 1000; // how long the server keeps what isn't finished

const form = document.querySelector("#upload");
const token = document.querySelector("#token");
const list = document.querySelector("#list");
const told = document.querySelector("#told");
const start = document.querySelector("#start");
const items = [];
let running = false;

class Lost extends Error {
  constructor(after) { super("lost"); this.after = after; }
}
class Refused extends Error {
  constructor(message, status) { super(message); this.status = status; }
}

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const digest = (data) => crypto.subtle.digest("SHA-256", data);
const text = (words) => new TextEncoder().encode(words);

function size(octets) {
  const units = ["字节", "KiB", "MiB", "GiB"];
  let at = 0;
  for (; octets >= 1024 && at < 3; at += 1) octets /= 1024;
  return `${at ? octets.toFixed(1) : octets} ${units[at]}`;
}

// One request to this server; what it doesn't answer, or asks to be repeated, is Lost.
function ask(method, path, { headers = {}, body = null, progress = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    const all = { Authorization: `Bearer ${token.value.trim()}`, "Tus-Resumable": "1.0.0", ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onerror = () => reject(new Lost(0));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request);
      else if (AGAIN.includes(request.status)) reject(new Lost(Number(request.getResponseHeader("Retry-After")) || 0));
      else reject(new Refused(sentence(request), request.status));
    };
    request.send(body);
  });
}

function sentence(request) {
  try {
    const problem = JSON.parse(request.responseText);
    const remedy = problem.defects[0].remedy;
    return remedy ? `${problem.detail}${remedy}` : problem.detail;
  } catch {
    return `服务器答复 HTTP ${request.status}。`;
  }
}

async function noteOf(file) {
  const told = JSON.stringify([form.dataset.case, file.name, file.size, file.lastModified]);
  return KEEP + hex(await digest(text(told))).slice(0, 32);
}

async function begin(file) {
  const name = base64(text(file.name));
  const headers = { "Upload-Length": String(file.size), "Upload-Metadata": `filename ${name}` };
  const answer = await ask("POST", `/v1/cases/${form.dataset.case}/uploads`, { headers });
  return { path: answer.getResponseHeader("Location"), until: Date.now() + LIFE };
}

function kept(note) {
  try {
    const { path, until } = JSON.parse(localStorage.getItem(note));
    return until > Date.now() && path.startsWith("/v1/") ? path : null;
  } catch {
    return null;
  }
}

async function patch(path, offset, part, progress) {
  const data = await part.arrayBuffer();
  const headers = {
    "Content-Type": "application/offset+octet-stream",
    "Upload-Offset": String(offset),
    "Upload-Checksum": `sha256 ${base64(await digest(data))}`,
  };
  return Number((await ask("PATCH", path, { headers, body: data, progress })).getResponseHeader("Upload-Offset"));
}

// How far the server has it. A HEAD has no words for a refusal: a part without bytes has.
async function reached(path, file) {
  try {
    return Number((await ask("HEAD", path)).getResponseHeader("Upload-Offset"));
  } catch (error) {
    if (error instanceof Lost || error.status === 404) throw error;
    return patch(path, file.size, file.slice(0, 0));
  }
}

async function send(item) {
  const { file } = item;
  const note = await noteOf(file);
  let path = kept(note);
  let offset = null;
  let best = 0;
  for (let lost = 0; ;) {
    try {
      if (!path) {
        const begun = await begin(file);
        localStorage.setItem(note, JSON.stringify(begun));
        path = begun.path;
      }
      offset ??= await reached(path, file);
      show(item, "running", "正在上传", offset);
      if (offset === file.size) {
        const upload = JSON.parse((await ask("GET", path)).responseText);
        localStorage.removeItem(note);
        return upload.evidence;
      }
      const from = offset;
      const progress = (came) => {
        const all = from + came >= file.size;
        show(item, "running", all ? "已全部发出，正在存入" : "正在上传", from + came);
      };
      offset = await patch(path, from, file.slice(from, from + PART), progress);
      if (offset > best) [best, lost] = [offset, 0];
    } catch (error) {
      const gone = error.status === 404 && path && lost < ATTEMPTS;
      if (gone) localStorage.removeItem(note);
      else if (!(error instanceof Lost)) throw error;
      if (gone) path = null;
      offset = null;
      lost += 1;
      if (lost > ATTEMPTS) throw new Refused("连接多次中断。已收到的部分保留一天，请稍后点“重试”继续。");
      await pause(item, Math.max(error.after ?? 0, Math.min(2 ** (lost - 1) / 2, 30)));
    }
  }
}

function pause(item, seconds) {
  show(item, "running", `连接中断或者服务器繁忙，${Math.ceil(seconds)} 秒后继续`);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

function show(item, state, words, came) {
  item.state = state;
  item.row.className = state;
  item.row.querySelector(".state").textContent = words;
  if (came !== undefined) {
    item.bar.value = Math.min(came / item.file.size, 1);
    if (state === "running") item.row.querySelector(".state").textContent += ` ${Math.floor(100 * item.bar.value)}%`;
  }
  item.button.hidden = state === "running" || state === "done";
  item.button.textContent = state === "failed" ? "重试" : "移除";
  start.disabled = running || !items.some((one) => one.state === "waiting");
}

function stored(item, evidence) {
  const words = { waiting: "已存入，待查验", refused: "未通过查验" }[evidence.state] ?? "已存入";
  const reason = evidence.reason ? `（${evidence.reason}）` : "";
  const state = evidence.state === "refused" ? "unfit" : "done";
  show(item, state, `${words}${reason}，存证编号 ${evidence.object}`, item.file.size);
}

async function sendAll() {
  if (running || !form.reportValidity()) return;
  running = true;
  for (let item; (item = items.find((one) => one.state === "waiting"));) {
    show(item, "running", "正在准备");
    try {
      stored(item, await send(item));
      told.textContent = `${item.file.name} 已办理完毕。`;
    } catch (error) {
      show(item, "failed", error instanceof Refused ? error.message : "文件无法读取，请重新选择。");
      told.textContent = `${item.file.name} 没有存入。`;
      if (error.status === 401) { token.select(); break; }
    }
  }
  running = false;
  start.disabled = !items.some((one) => one.state === "waiting");
}

function add(files) {
  for (const file of files) {
    const same = (one) => ["name", "size", "lastModified"].every((part) => one.file[part] === file[part]);
    if (items.some(same)) continue;
    const row = document.querySelector("#row").content.firstElementChild.cloneNode(true);
    const item = { file, row, bar: row.querySelector("progress"), button: row.querySelector("button") };
    row.querySelector("b").textContent = file.name;
    row.querySelector(".size").textContent = size(file.size);
    item.bar.setAttribute("aria-label", `${file.name} 的上传进度`);
    item.button.setAttribute("aria-describedby", (row.querySelector("b").id = `file-${items.length}-${Date.now()}`));
    item.button.addEventListener("click", () => (item.state === "failed" ? again(item) : remove(item)));
    items.push(item);
    list.append(row);
    const wrong = file.size > Number(form.dataset.limit) ? "超过单个文件的上限" : file.size ? "" : "文件是空的";
    show(item, wrong ? "unfit" : "waiting", wrong || "待上传");
  }
}

function again(item) {
  show(item, "waiting", "待上传");
  sendAll();
}

function remove(item) {
  items.splice(items.indexOf(item), 1);
  item.row.remove();
  start.disabled = running || !items.some((one) => one.state === "waiting");
}

form.addEventListener("submit", (event) => { event.preventDefault(); sendAll(); });
const files = document.querySelector("#files");
const chosen = () => { add(files.files); files.value = ""; };
files.addEventListener("change", chosen);
chosen(); // before this script was there
const drop = document.querySelector("#drop");
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") add(event.dataTransfer.files);
  });
}
addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
const notes = Object.keys(localStorage).filter((note) => note.startsWith(KEEP));
for (const note of notes.filter((one) => !kept(one))) localStorage.removeItem(note);
const unfinished = notes.filter((note) => kept(note)?.includes(form.dataset.case)).length;
if (unfinished) {
  const notice = document.querySelector("#unfinished");
  notice.textContent = `本案有 ${unfinished} 个文件没有传完。重新选择这些文件，即从已收到之处继续。`;
  notice.hidden = false;
}
