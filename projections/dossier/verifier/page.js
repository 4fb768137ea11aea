// The page: two files are chosen, the package is verified, the report is shown and can be saved. Whatever goes wrong in
// between ends without a verdict, never with a pass.
import { Fault } from "./fault.js";
import { plain } from "./findings.js";
import { element, shown } from "./shown.js";
import { parseTrust } from "./trust.js";
import { verify } from "./verify.js";

const STEPS = { files: "核对文件摘要", records: "读取记录", signatures: "核对签名" };
const BREATH = 40; // milliseconds after which the page is let draw
const TRUST_OCTETS = 1 << 20;

const at = (id) => document.getElementById(id);
const state = { file: null, trust: null, run: 0 };

function breathing(run) {
  let last = 0;
  return async (step, done, all) => {
    if (run !== state.run || performance.now() - last < BREATH) return;
    at("step").textContent = `正在${STEPS[step]}（${done}/${all}）`;
    at("bar").value = all ? done / all : 1;
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    last = performance.now();
  };
}

async function judge() {
  state.run += 1;
  const { run, file, trust } = state;
  at("result").replaceChildren();
  if (file === null || trust instanceof Error) return;
  at("running").hidden = false;
  let parts;
  try {
    const report = await verify(file, trust, breathing(run));
    parts = shown(report, plain(file.name), [saving(report, file), printing()]);
  } catch (error) {
    parts = [element("p", { class: "notice bad", text: `核验没有完成，未得出结论：${plain(error.message)}` })];
  }
  if (run !== state.run) return; // another file was chosen meanwhile
  at("running").hidden = true;
  at("result").replaceChildren(...parts);
}

function saving(report, file) {
  const button = element("button", { class: "btn", type: "button", id: "save", text: "下载核验报告（JSON）" });
  button.addEventListener("click", () => {
    const whole = { ...report, package: { name: file.name, size: file.size } };
    const address = URL.createObjectURL(new Blob([`${JSON.stringify(whole, null, 1)}\n`], { type: "application/json" }));
    element("a", { href: address, download: `${file.name.replace(/\.zip$/i, "")}.核验报告.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  });
  return button;
}

function printing() {
  const button = element("button", { class: "btn", type: "button", text: "打印" });
  button.addEventListener("click", () => print());
  return button;
}

function choosePackage(file) {
  if (!file) return;
  state.file = file;
  at("package-name").textContent = plain(file.name);
  judge();
}

async function chooseTrust(file) {
  if (!file) return;
  at("trust-name").textContent = plain(file.name);
  try {
    if (file.size > TRUST_OCTETS) throw new Fault("json-size", "文件过大");
    state.trust = parseTrust(new Uint8Array(await file.arrayBuffer()));
    at("fingerprint-text").textContent = state.trust.fingerprint;
    unable("");
  } catch (error) {
    state.trust = error;
    unable(`信任文件无法读取：${plain(error.message)}。请换一份，未作核验。`);
  }
  at("fingerprint").hidden = state.trust instanceof Error;
  judge();
}

function unable(why) {
  at("unable").textContent = why;
  at("unable").hidden = why === "";
}

function dropping(target) {
  const over = (on) => (event) => {
    event.preventDefault();
    target.classList.toggle("over", on);
  };
  target.addEventListener("dragover", over(true));
  target.addEventListener("dragleave", over(false));
  target.addEventListener("drop", (event) => {
    over(false)(event);
    choosePackage(event.dataTransfer.files[0]);
  });
}

at("package").addEventListener("change", (event) => choosePackage(event.target.files[0]));
at("trust").addEventListener("change", (event) => chooseTrust(event.target.files[0]));
dropping(at("drop"));
if (!globalThis.crypto?.subtle || !"".isWellFormed) {
  unable("这个浏览器不能核验：请用较新的浏览器，把本页存到本机后打开。");
  for (const input of [at("package"), at("trust")]) input.disabled = true;
}
