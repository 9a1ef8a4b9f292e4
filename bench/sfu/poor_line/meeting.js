// What is published and what is looked at, the same through every server. Slides tell in a strip of blocks which they are
// and when they were drawn, so that whoever sees one knows how old it is, and how like the original.
const wide = 1280;
const high = 720;
const strip = { bits: 32, top: 8, height: 24, left: 32, width: 38 };
const tick_ms = 10; // of the clock in the strip
const slideEvery_ms = 6000;

function drawSlide(context, number) {
  let seed = number * 7919 + 1;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, wide, high);
  context.fillStyle = '#000091';
  context.fillRect(0, 48, wide, 72);
  context.fillStyle = '#fff';
  context.font = 'bold 40px sans-serif';
  context.fillText(`Diapositive ${number} : budget de la direction`, 40, 98);
  context.font = '24px sans-serif';
  context.fillStyle = '#161616';
  for (let line = 0; line < 13; line += 1) {
    let text = '• ';
    while (text.length < 56) text += Math.floor(random() * 1e6).toString(36) + ' ';
    context.fillText(text, 40, 170 + line * 40);
  }
  for (let bar = 0; bar < 8; bar += 1) {
    context.fillStyle = `hsl(${Math.floor(random() * 360)}, 60%, 45%)`;
    const tall = 40 + random() * 380;
    context.fillRect(860 + bar * 48, 680 - tall, 36, tall);
  }
}

function drawStrip(context, number, now) {
  const value = ((number & 0xff) << 24) | (((number * 31) & 0xf) << 20) | (Math.floor(now / tick_ms) & 0xfffff);
  for (let bit = 0; bit < strip.bits; bit += 1) {
    context.fillStyle = (value >>> bit) & 1 ? '#fff' : '#000';
    context.fillRect(strip.left + bit * strip.width, strip.top, strip.width, strip.height);
  }
}

function slides() {
  const canvas = Object.assign(document.createElement('canvas'), { width: wide, height: high });
  const context = canvas.getContext('2d');
  setInterval(() => {
    const number = Math.floor(Date.now() / slideEvery_ms) & 0xff;
    drawSlide(context, number);
    drawStrip(context, number, Date.now());
  }, 100);
  const [track] = canvas.captureStream(10).getVideoTracks();
  track.contentHint = 'detail';
  return track;
}

/** Sound that never rests, as loud as a voice: silence would hide what is lost. */
function voice() {
  const context = new AudioContext();
  const noise = context.createBufferSource();
  noise.buffer = context.createBuffer(1, context.sampleRate * 2, context.sampleRate);
  const samples = noise.buffer.getChannelData(0);
  for (let at = 0; at < samples.length; at += 1)
    samples[at] = Math.sin(at / 35) * (0.2 + 0.1 * Math.sin(at / 3000)) + (Math.random() - 0.5) * 0.05;
  noise.loop = true;
  const out = context.createMediaStreamDestination();
  noise.connect(out);
  noise.start();
  return out.stream.getAudioTracks()[0];
}

const camera = async () =>
  (await navigator.mediaDevices.getUserMedia({ video: { width: wide, height: high, frameRate: 30 } })).getVideoTracks()[0];

const received = {}; // microphone, camera, screen_share → { receiver, element }
const seen = { reads: [], newest: -1 };

function attach(source, receiver, element) {
  received[source] = { receiver, element };
  element.autoplay = element.muted = true;
  if (source === 'microphone') element.muted = false;
  document.body.append(element);
  void element.play?.();
  if (source === 'screen_share') watchSlides(element);
}

function watchSlides(element) {
  const small = Object.assign(document.createElement('canvas'), { width: wide / 2, height: high / 2 });
  const context = small.getContext('2d', { willReadFrequently: true });
  const whole = Object.assign(document.createElement('canvas'), { width: wide, height: high });
  const reference = new Map();
  const pixels = (number) => {
    if (!reference.has(number)) {
      drawSlide(whole.getContext('2d'), number);
      context.drawImage(whole, 0, 0, small.width, small.height);
      reference.clear();
      reference.set(number, context.getImageData(0, 40, small.width, small.height - 40).data);
    }
    return reference.get(number);
  };
  const look = () => {
    element.requestVideoFrameCallback(look);
    context.drawImage(element, 0, 0, small.width, small.height);
    let value = 0;
    for (let bit = 0; bit < strip.bits; bit += 1) {
      const at = context.getImageData((strip.left + (bit + 0.5) * strip.width) / 2, (strip.top + strip.height / 2) / 2, 1, 1).data;
      if (at[0] > 127) value |= 1 << bit;
    }
    const number = value >>> 24;
    if (((value >>> 20) & 0xf) !== ((number * 31) & 0xf)) return seen.reads.push({ at: Date.now(), torn: true });
    const turn = 0x100000;
    const age = ((((Math.floor(Date.now() / tick_ms) - (value & 0xfffff)) % turn) + turn) % turn) * tick_ms;
    const mine = context.getImageData(0, 40, small.width, small.height - 40).data.slice();
    const theirs = pixels(number);
    let error = 0;
    for (let at = 1; at < mine.length; at += 4) error += (mine[at] - theirs[at]) ** 2;
    const psnr = 10 * Math.log10((255 * 255) / Math.max(error / (mine.length / 4), 0.01));
    seen.reads.push({ at: Date.now(), number, age, psnr });
  };
  element.requestVideoFrameCallback(look);
}

const connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    connections.push(this);
  }
};

/** What the sender's own line is thought to carry, and each of its streams. */
async function sendingFigures() {
  const out = { line: 0, streams: [] };
  for (const one of connections) {
    for (const entry of (await one.getStats()).values()) {
      if (entry.type === 'candidate-pair' && entry.availableOutgoingBitrate) out.line = Math.max(out.line, entry.availableOutgoingBitrate);
      if (entry.type === 'outbound-rtp' && entry.kind === 'video')
        out.streams.push({ ...entry });
    }
  }
  return out;
}

/** The counters of what is received, and the slides seen since the last time. */
async function figures() {
  const out = { at: Date.now(), reads: seen.reads.splice(0) };
  for (const [source, one] of Object.entries(received)) {
    const report = await one.receiver.getStats();
    out[source] = [...report.values()].find((entry) => entry.type === 'inbound-rtp') ?? {};
  }
  return out;
}
