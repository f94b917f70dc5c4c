// SPDX-License-Identifier: LGPL-2.1-or-later
"use strict";

const COLOURS = ["#4cc9f0", "#ffd166", "#06d6a0", "#f78fb3", "#b388ff", "#ff9f1c", "#90be6d", "#f94144"];
const CURVE_SECONDS = 30;
const KEPT_FRAMES = 400;
const DRAG_PIXELS = 6;
const RETRY_MS = 1500;
const GATHERING_MS = 2000;
const FIRST_PICTURE_MS = 6000;

const element = (id) => document.getElementById(id);
const view = element("view");
const pen = view.getContext("2d");

const frames = new Map(); // by pts
const stock = [];         // canvases for pictures of WebRTC
let newest = null;        // frame
let blind = false;        // no picture comes: nothing is in sight
let shown = null;         // {bitmap, pts, or rtp of WebRTC, close()}
let waiting = null;       // a picture that came while another one was held
let paused = false;
let picked = 0;           // id of a target
let drag = null;          // {x0, y0, x, y, pointer} in pixels of the frame
const curves = new Map(); // by id: [{time, confidence, status}]
const arrivals = [];

const colourOf = (id) => COLOURS[(id - 1) % COLOURS.length];
const statusOf = (target) => (blind ? "lost" : target.status);
const percentOf = (target) => `${Math.round(blind ? 0 : 100 * target.confidence)} %`;
// The time that a frame of WebRTC has: 1/90000 s, and 32 bits of it.
const rtpOf = (pts) => Number(BigInt(pts) * 9n / 100000n % 0x100000000n);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// ---- what the server says

function takeFrame(frame) {
  frames.set(frame.pts, frame);
  frame.rtp = rtpOf(frame.pts);
  if (frames.size > KEPT_FRAMES) frames.delete(frames.keys().next().value);
  newest = frame;
  const now = frame.pts / 1e9;
  for (const target of frame.targets) {
    if (!curves.has(target.id)) curves.set(target.id, []);
    curves.get(target.id).push({time: now, confidence: target.confidence, status: target.status});
  }
  for (const [id, curve] of curves) {
    while (curve.length && curve[0].time < now - CURVE_SECONDS) curve.shift();
    if (!curve.length) curves.delete(id);
  }
  arrivals.push(performance.now());
}

let noticeTimer = 0;

function notify(text, stays) {
  const notice = element("notice");
  notice.textContent = text;
  notice.hidden = !text;
  clearTimeout(noticeTimer);
  if (text && !stays) noticeTimer = setTimeout(() => notify(""), 4000);
}

const reasonOf = (source) => (source.reason || "no reason given").replace(/[.\s]+$/, "");

function takeSource(source) {
  const line = element("source");
  element("stream").textContent = source.stream;
  document.title = `${source.stream} · siamban-serve`;
  line.dataset.state = source.source;
  line.textContent = source.source;
  blind = source.source === "lost" || source.source === "ended";
  if (source.source === "lost") notify(`The picture is lost: ${reasonOf(source)}. Trying again.`, true);
  else if (source.source === "ended") notify("The video has ended.", true);
  else notify("");
}

function takeTarget(event) {
  if (event.type === "refused") notify(`Cannot follow that: ${event.message}`);
  if (event.type === "lost") notify(`Target ${event.id} is lost`);
  if (event.type === "found") notify(`Target ${event.id} is found again`);
}

function follow() {
  const events = new EventSource("events");
  const on = (name, take) => events.addEventListener(name, (event) => take(JSON.parse(event.data)));
  on("frame", takeFrame);
  on("target", takeTarget);
  on("source", takeSource);
  events.onerror = () => {
    const line = element("source");
    line.dataset.state = "gone";
    line.textContent = "no connection";
    if (events.readyState === EventSource.CLOSED) { setTimeout(follow, RETRY_MS); }
  };
}

// ---- video: JPEG pictures in a row, each with the time of its frame

class Pictures {
  constructor(reader) { this.reader = reader; this.bytes = new Uint8Array(0); }

  async more() {
    const {value, done} = await this.reader.read();
    if (done) throw new Error("the video ended");
    const joined = new Uint8Array(this.bytes.length + value.length);
    joined.set(this.bytes);
    joined.set(value, this.bytes.length);
    this.bytes = joined;
  }

  async take(size) {
    while (this.bytes.length < size) await this.more();
    const taken = this.bytes.slice(0, size);
    this.bytes = this.bytes.subarray(size);
    return taken;
  }

  async head() {
    for (;;) {
      const text = new TextDecoder("latin1").decode(this.bytes.subarray(0, 1024));
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) { await this.take(end + 4); return text.slice(0, end); }
      if (text.length >= 1024) throw new Error("not our video");
      await this.more();
    }
  }

  async next() {
    const head = await this.head();
    const field = (name) => Number(new RegExp(`^${name}: (\\d+)`, "mi").exec(head)[1]);
    const jpeg = await this.take(field("Content-Length"));
    return {blob: new Blob([jpeg], {type: "image/jpeg"}), pts: field("X-Pts")};
  }
}

const isHeld = () => paused || drag;

function show(picture) {
  if (isHeld()) { if (waiting) waiting.close(); waiting = picture; return; }
  if (shown) shown.close();
  shown = picture;
}

function letGo() {
  if (isHeld() || !waiting) return;
  const picture = waiting;
  waiting = null;
  show(picture);
}

async function watchPictures() {
  const answer = await fetch("video.mjpg");
  if (!answer.ok) throw new Error(`no video: ${answer.status}`);
  const pictures = new Pictures(answer.body.getReader());
  for (;;) {
    const {blob, pts} = await pictures.next();
    const bitmap = await createImageBitmap(blob);
    show({bitmap, pts, close: () => bitmap.close()});
  }
}

// ---- video: WebRTC, where it works and says which frame it shows

function grab(video, rtp) {
  const bitmap = stock.pop() || document.createElement("canvas");
  if (bitmap.width !== video.videoWidth) bitmap.width = video.videoWidth;
  if (bitmap.height !== video.videoHeight) bitmap.height = video.videoHeight;
  bitmap.getContext("2d").drawImage(video, 0, 0);
  return {bitmap, rtp, close: () => stock.push(bitmap)};
}

function offerVideo(peer) {
  const known = RTCRtpReceiver.getCapabilities("video").codecs.filter(({mimeType, sdpFmtpLine}) =>
    mimeType === "video/H264" && /packetization-mode=1/.test(sdpFmtpLine) && /profile-level-id=42e0/i.test(sdpFmtpLine));
  if (!known.length) throw new Error("this browser has no H.264 for WebRTC");
  const transceiver = peer.addTransceiver("video", {direction: "recvonly"});
  transceiver.setCodecPreferences(known);
  transceiver.receiver.jitterBufferTarget = 0;
}

async function describe(peer) {
  await peer.setLocalDescription();
  const end = performance.now() + GATHERING_MS;
  while (peer.iceGatheringState !== "complete" && performance.now() < end) await sleep(20);
  const answer = await fetch("webrtc", {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({type: "offer", sdp: peer.localDescription.sdp})});
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  await peer.setRemoteDescription(said);
}

// Ends by an error. The first picture is awaited only as long as there are frames.
function watchStream(peer, video) {
  return new Promise((_, fail) => {
    let grabbed = 0, patience = FIRST_PICTURE_MS / 500;
    const take = (now, {rtpTimestamp}) => {
      if (rtpTimestamp === undefined) { fail(new Error("this browser does not say which frame it shows")); return; }
      grabbed++;
      show(grab(video, rtpTimestamp));
      video.requestVideoFrameCallback(take);
    };
    const clock = setInterval(() => {
      if (!grabbed && !blind && newest) patience--;
      const over = ["failed", "disconnected", "closed"].includes(peer.connectionState);
      if (!over && patience > 0) return;
      clearInterval(clock);
      fail(new Error(grabbed ? "the connection is lost" : "no picture by WebRTC"));
    }, 500);
    video.requestVideoFrameCallback(take);
  });
}

async function watchWebRtc() {
  const peer = new RTCPeerConnection();
  const video = document.createElement("video");
  const close = () => peer.close();
  video.muted = video.playsInline = true;
  peer.addEventListener("track", ({track}) => {
    video.srcObject = new MediaStream([track]);
    video.play().catch(() => {});
  });
  window.addEventListener("pagehide", close);
  try {
    offerVideo(peer);
    await describe(peer);
    await watchStream(peer, video);
  } finally {
    window.removeEventListener("pagehide", close);
    video.srcObject = null;
    peer.close();
  }
}

async function watch() {
  let ways = [watchPictures];
  if (window.RTCPeerConnection && HTMLVideoElement.prototype.requestVideoFrameCallback &&
      !location.hash.includes("mjpeg")) ways = [watchWebRtc, watchPictures];
  for (;;) {
    const before = shown;
    try {
      await ways[0]();
    } catch (error) {
      console.info(String(error));
    }
    if (ways.length > 1 && shown === before) ways.shift();
    else await sleep(RETRY_MS);
  }
}

// ---- what is asked of the server

async function ask(method, path, body) {
  try {
    const answer = await fetch(path, {method, headers: body ? {"Content-Type": "application/json"} : {},
      body: body && JSON.stringify(body)});
    if (answer.status === 204) return null;
    const said = await answer.json();
    if (!answer.ok) notify(said.error);
    return said;
  } catch (error) {
    notify("The server does not answer");
    return null;
  }
}

async function add(box, pts) {
  const event = await ask("POST", "targets", {box, pts});
  if (event && event.id) picked = event.id;
}

const remove = (id) => ask("DELETE", `targets/${id}`);

// ---- the pointer

function place(event) {
  const edge = view.getBoundingClientRect();
  const clamp = (value, most) => Math.min(Math.max(value, 0), most);
  return {x: clamp((event.clientX - edge.left) * view.width / edge.width, view.width),
    y: clamp((event.clientY - edge.top) * view.height / edge.height, view.height)};
}

const scale = () => view.width / Math.max(view.getBoundingClientRect().width, 1);

function boxOf({x0, y0, x, y}) {
  return [Math.min(x0, x), Math.min(y0, y), Math.abs(x - x0), Math.abs(y - y0)];
}

function frameShown() {
  if (!shown) return null;
  if (shown.rtp !== undefined) return frameAt(shown.rtp);
  if (frames.has(shown.pts)) return frames.get(shown.pts);
  let before = null;
  for (const frame of frames.values()) if (frame.pts <= shown.pts) before = frame;
  return before;
}

// That of this RTP time, or else the last one before.
function frameAt(rtp) {
  let before = null;
  for (const frame of frames.values()) {
    const ahead = (rtp - frame.rtp) | 0;
    if (ahead === 0) return frame;
    if (ahead > 0) before = frame;
  }
  return before;
}

// A picture may be here before what is said of it.
function ptsShown() {
  if (shown.rtp === undefined) return shown.pts;
  const frame = frameShown() || newest;
  const ahead = (shown.rtp - frame.rtp) | 0;
  return ahead === 0 ? frame.pts : Math.round(frame.pts + ahead * 1e5 / 9);
}

function pick({x, y}) {
  const frame = frameShown();
  const inside = (t) => x >= t.x && y >= t.y && x < t.x + t.w && y < t.y + t.h;
  const found = frame ? frame.targets.filter(inside).sort((a, b) => a.w * a.h - b.w * b.h) : [];
  picked = found.length ? found[0].id : 0;
}

view.addEventListener("pointerdown", (event) => {
  if (!shown || drag || event.button !== 0) return;
  const {x, y} = place(event);
  drag = {x0: x, y0: y, x, y, pointer: event.pointerId};
  view.setPointerCapture(event.pointerId);
  element("hint").hidden = true;
});

view.addEventListener("pointermove", (event) => {
  if (drag && event.pointerId === drag.pointer) Object.assign(drag, place(event));
});

view.addEventListener("pointerup", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  const box = boxOf(drag);
  const start = {x: drag.x0, y: drag.y0};
  drag = null;
  if (Math.min(box[2], box[3]) >= DRAG_PIXELS * scale()) add(box, ptsShown());
  else pick(start);
  letGo();
});

view.addEventListener("pointercancel", () => { drag = null; letGo(); });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { drag = null; picked = 0; letGo(); }
  if ((event.key === "Delete" || event.key === "Backspace") && picked) { remove(picked); picked = 0; }
  if (event.key === " " && event.target === view) { element("pause").click(); event.preventDefault(); }
});

element("pause").addEventListener("click", () => {
  paused = !paused;
  element("pause").setAttribute("aria-pressed", String(paused));
  element("pause").textContent = paused ? "Go on" : "Pause";
  letGo();
});

element("clear").addEventListener("click", () => ask("DELETE", "targets"));

// ---- drawing

function drawTarget(target, unit) {
  const colour = colourOf(target.id);
  const status = statusOf(target);
  const text = `${target.id} · ${status} · ${percentOf(target)}`;
  const thick = (target.id === picked ? 3.5 : 2) * unit;
  pen.globalAlpha = status === "lost" ? 0.7 : 1;
  pen.lineWidth = thick + 2 * unit;
  pen.strokeStyle = "rgb(0 0 0 / .45)";
  pen.strokeRect(target.x, target.y, target.w, target.h);
  pen.lineWidth = thick;
  pen.strokeStyle = pen.fillStyle = colour;
  pen.setLineDash(status === "tracked" ? [] : [6 * unit, 5 * unit]);
  pen.strokeRect(target.x, target.y, target.w, target.h);
  pen.setLineDash([]);
  pen.font = `600 ${13 * unit}px system-ui, sans-serif`;
  const width = pen.measureText(text).width + 10 * unit;
  const left = Math.min(Math.max(target.x - unit, 0), Math.max(view.width - width, 0));
  const top = Math.max(target.y - 20 * unit, 0);
  pen.fillRect(left, top, width, 19 * unit);
  pen.fillStyle = "#10151a";
  pen.fillText(text, left + 5 * unit, top + 14 * unit);
  pen.globalAlpha = 1;
}

// A white line that is seen on white too.
function drawDrag(unit) {
  pen.fillStyle = "rgb(255 255 255 / .15)";
  pen.strokeStyle = "#fff";
  pen.lineWidth = 1.5 * unit;
  pen.fillRect(...boxOf(drag));
  pen.strokeRect(...boxOf(drag));
  pen.setLineDash([5 * unit, 4 * unit]);
  pen.strokeStyle = "#000";
  pen.strokeRect(...boxOf(drag));
  pen.setLineDash([]);
}

function drawView() {
  if (!shown) return;
  const frame = frameShown();
  const unit = scale();
  if (view.width !== shown.bitmap.width || view.height !== shown.bitmap.height) {
    view.width = shown.bitmap.width;
    view.height = shown.bitmap.height;
    element("picture").style.setProperty("--ratio", view.width / view.height);
  }
  pen.drawImage(shown.bitmap, 0, 0);
  if (frame) frame.targets.forEach((target) => drawTarget(target, unit));
  if (drag) drawDrag(unit);
}

function drawCurve() {
  const canvas = element("curve");
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth * ratio;
  const height = canvas.clientHeight * ratio;
  const brush = canvas.getContext("2d");
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  brush.clearRect(0, 0, width, height);
  brush.strokeStyle = getComputedStyle(document.body).getPropertyValue("--line");
  brush.lineWidth = ratio;
  for (const level of [0, 0.5, 1]) {
    const y = 2 * ratio + (1 - level) * (height - 4 * ratio);
    brush.beginPath();
    brush.moveTo(0, y);
    brush.lineTo(width, y);
    brush.stroke();
  }
  if (!newest) return;
  const end = newest.pts / 1e9;
  for (const [id, curve] of curves) {
    brush.strokeStyle = colourOf(id);
    brush.lineWidth = (id === picked ? 2.5 : 1.5) * ratio;
    brush.beginPath();
    for (const {time, confidence} of curve)
      brush.lineTo(width * (1 - (end - time) / CURVE_SECONDS), 2 * ratio + (1 - confidence) * (height - 4 * ratio));
    brush.stroke();
  }
}

// ---- the list

function itemOf(id) {
  const item = document.createElement("li");
  const chip = document.createElement("i");
  const name = document.createElement("b");
  const state = document.createElement("span");
  const button = document.createElement("button");
  chip.style.background = colourOf(id);
  name.textContent = `${id}`;
  button.type = "button";
  button.textContent = "Remove";
  button.setAttribute("aria-label", `Remove target ${id}`);
  button.addEventListener("click", (event) => { event.stopPropagation(); remove(id); });
  item.addEventListener("click", () => { picked = id; });
  item.dataset.id = id;
  item.append(chip, name, state, button);
  return item;
}

function list() {
  while (arrivals.length && arrivals[0] < performance.now() - 2000) arrivals.shift();
  const targets = newest ? newest.targets : [];
  const items = new Map([...element("targets").children].map((item) => [Number(item.dataset.id), item]));
  for (const target of targets) {
    const item = items.get(target.id) || itemOf(target.id);
    if (!items.delete(target.id)) element("targets").append(item);
    item.dataset.status = statusOf(target);
    item.setAttribute("aria-current", String(target.id === picked));
    item.querySelector("span").textContent = `${statusOf(target)}, ${percentOf(target)}`;
  }
  for (const item of items.values()) item.remove();
  element("clear").disabled = targets.length === 0;
  element("hint").hidden = targets.length > 0 || !shown || Boolean(drag);
  element("rate").textContent = arrivals.length > 1 ? `${Math.round(arrivals.length / 2)} fps` : "";
}

function draw() {
  drawView();
  requestAnimationFrame(draw);
}

setInterval(() => { list(); drawCurve(); }, 200);
follow();
watch();
draw();
