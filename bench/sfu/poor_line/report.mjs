// What a person on the line had of the meeting, from the counters of their browser.
const settling_ms = 4000; // of the poor time: how a server falls into it is told apart
const readable_db = 25; // the text of a slide can be read: see README.md

const sorted = (values) => [...values].sort((a, b) => a - b);
const at = (values, part) => (values.length ? sorted(values)[Math.floor(part * (values.length - 1))] : NaN);
const show = (value, digits = 1) => (Number.isFinite(value) ? value.toFixed(digits) : 'never');

/** Of a counter over samples: its growth. */
const growth = (samples, source, name) => (samples.at(-1)[source]?.[name] ?? 0) - (samples[0][source]?.[name] ?? 0);
const seconds = (samples) => (samples.at(-1).at - samples[0].at) / 1000;

function voice(samples) {
  const concealed = (part) => growth(part, 'microphone', 'concealedSamples') - growth(part, 'microphone', 'silentConcealedSamples');
  const share = (part) => (100 * concealed(part)) / Math.max(growth(part, 'microphone', 'totalSamplesReceived'), 1);
  const windows = [];
  for (let i = 0; i + 4 < samples.length; i += 1) windows.push(share(samples.slice(i, i + 5)));
  const emitted = growth(samples, 'microphone', 'jitterBufferEmittedCount');
  return {
    concealed: share(samples),
    worst: Math.max(...windows),
    buffered: (1000 * growth(samples, 'microphone', 'jitterBufferDelay')) / Math.max(emitted, 1),
  };
}

function share(samples) {
  const reads = samples.flatMap((one) => one.reads).filter((one) => !one.torn);
  // From the moment that a slide is shown to the first time that it can be read here.
  const waits = [];
  const span = 6000;
  const first = Math.ceil(samples[0].at / span);
  for (let slide = first; (slide + 1) * span <= samples.at(-1).at; slide += 1) {
    const read = reads.find((one) => one.number === (slide & 0xff) && one.psnr >= readable_db && one.at - slide * span < span);
    waits.push(read ? (read.at - slide * span) / 1000 : Infinity);
  }
  return {
    frames: growth(samples, 'screen_share', 'framesDecoded') / seconds(samples),
    age: at(reads.map((one) => one.age), 0.5),
    oldest: at(reads.map((one) => one.age), 0.95),
    psnr: at(reads.map((one) => one.psnr), 0.5),
    readable: at(waits, 0.5),
    worst: at(waits, 1),
    width: samples.at(-1).screen_share?.frameWidth,
    frozen: growth(samples, 'screen_share', 'totalFreezesDuration'),
  };
}

function camera(samples) {
  return {
    frames: growth(samples, 'camera', 'framesDecoded') / seconds(samples),
    width: samples.at(-1).camera?.frameWidth,
    frozen: growth(samples, 'camera', 'totalFreezesDuration'),
  };
}

/** Seconds from the end of the poor time to the first of the moments from which `holds` is true for a second. */
function since(samples, ended, holds) {
  for (let i = 0; i + 4 < samples.length; i += 1) {
    if (samples[i].at >= ended && holds(samples.slice(i, i + 5))) return (samples[i].at - ended) / 1000;
  }
  return NaN;
}

export function report(runs) {
  const rows = [];
  for (const { name, before, during, after, began, ended, crossed } of runs) {
    const steady = during.filter((one) => one.at - began > settling_ms);
    const clean = before.filter((one) => one.at - before[0].at > settling_ms);
    const usual = { camera: camera(clean), share: share(clean) };
    const [heard, slides, face] = [voice(steady), share(steady), camera(steady)];
    const fall = voice(during.filter((one) => one.at - began <= settling_ms));
    const moving = (part) => camera(part).frames > 0.7 * usual.camera.frames;
    const rates = crossed.split(' ');
    const number = (key) => Number(rates[rates.indexOf(key) + 1]);
    rows.push([
      ['before: camera', `${show(usual.camera.frames)} frames/s at ${usual.camera.width}`],
      ['before: slides', `${show(usual.share.frames)} frames/s at ${usual.share.width}, ${show(usual.share.psnr)} dB, new one after ${show(usual.share.readable, 2)} s`],
      ['voice: made up by the receiver, %', `${show(heard.concealed, 2)} (worst second ${show(heard.worst)}; first ${settling_ms / 1000} s ${show(fall.concealed)})`],
      ['voice: waits in its buffer, ms', show(heard.buffered, 0)],
      ['slides: frames/s', `${show(slides.frames)} at ${slides.width}, ${show(slides.psnr)} dB`],
      ['slides: age p50 / p95, s', `${show(slides.age / 1000, 2)} / ${show(slides.oldest / 1000, 2)}`],
      ['slides: a new one is readable after, median / worst, s', `${show(slides.readable, 2)} / ${show(slides.worst, 2)}`],
      ['camera: frames/s', `${show(face.frames)} at ${face.width}`],
      ['after: voice whole again, s', show(since(after, ended, (part) => voice(part).concealed < 1))],
      ['after: camera moves again, s', show(since(after, ended, moving))],
      ['after: camera as large as before, s', show(since(after, ended, (part) => moving(part) && part[0].camera.frameWidth >= usual.camera.width))],
      ['after: slides as large as before, s', show(since(after, ended, (part) => share(part).frames > 0.5 * usual.share.frames && part[0].screen_share.frameWidth >= usual.share.width))],
      ['line: sent to it, kbit/s; dropped by its queue, %', `${show((number('there_bytes') * 8) / seconds(during) / 1000, 0)}; ${show((100 * number('there_overflowed')) / number('there_packets'))}`],
    ]);
    rows.at(-1).name = name;
  }
  const head = Math.max(...rows[0].map(([label]) => label.length));
  console.log(''.padEnd(head + 2) + rows.map((one) => one.name.padEnd(56)).join(''));
  for (let row = 0; row < rows[0].length; row += 1)
    console.log(rows[0][row][0].padEnd(head + 2) + rows.map((one) => one[row][1].padEnd(56)).join(''));
}
