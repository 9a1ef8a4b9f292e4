// Turns the Lucide icons the interface uses into one path each (src/ui/icons.ts): no sprite to fetch,
// and a page carries only the icons it imports.
import { readFileSync, writeFileSync } from 'node:fs';

const names = `
house messages-square users-round square-kanban folder leaf search bell at-sign ellipsis chevron-down chevron-right chevron-left
x plus check circle-check triangle-alert info user user-plus users settings shield log-out sun moon monitor keyboard
wifi-off upload download eye trash-2 file-text file image file-archive file-spreadsheet lock lock-open eye-off mail link
clock archive copy arrow-right-left hand-helping layout-grid map languages smartphone key-round history building-2
clipboard-list pencil refresh-cw send globe arrow-up arrow-down arrow-up-down hash calendar-days paperclip smile
message-square-text reply pin corner-up-left undo-2 log-in star filter bold italic underline strikethrough code list list-ordered list-checks
quote heading-1 heading-2 heading-3 table minus highlighter redo-2 message-square-plus
signal external-link pin-off captions maximize minimize sliders-horizontal activity notebook-pen volume-2 mic mic-off video video-off screen-share hand phone-off presentation`
  .trim()
  .split(/\s+/);

const number = (value) => String(Math.round(Number(value) * 1000) / 1000);

/** Paths are joined: a leading relative move would start from where the previous shape ended. */
function absoluteStart(d) {
  const match = /^m\s*(-?[\d.]+)[\s,]*(-?[\d.]+)\s*(.*)$/s.exec(d);
  if (!match) return d;
  const [, x, y, rest] = match;
  return `M${x} ${y}${/^[-\d.]/.test(rest) ? 'l' : ''}${rest}`;
}

function shapePath(tag, a) {
  const v = (key) => Number(a[key] ?? 0);
  switch (tag) {
    case 'path':
      return absoluteStart(a.d);
    case 'line':
      return `M${number(v('x1'))} ${number(v('y1'))}L${number(v('x2'))} ${number(v('y2'))}`;
    case 'polyline':
    case 'polygon':
      return `M${a.points.trim()}${tag === 'polygon' ? 'z' : ''}`;
    case 'circle':
    case 'ellipse': {
      const rx = tag === 'circle' ? v('r') : v('rx');
      const ry = tag === 'circle' ? v('r') : v('ry');
      return `M${number(v('cx') - rx)} ${number(v('cy'))}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;
    }
    case 'rect': {
      const [x, y, w, h, r] = [v('x'), v('y'), v('width'), v('height'), v('rx')];
      if (r === 0) return `M${x} ${y}h${w}v${h}h${-w}z`;
      const arc = (dx, dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
      return (
        `M${x + r} ${y}h${number(w - 2 * r)}${arc(r, r)}v${number(h - 2 * r)}${arc(-r, r)}` +
        `h${number(2 * r - w)}${arc(-r, -r)}v${number(2 * r - h)}${arc(r, -r)}z`
      );
    }
    default:
      throw new Error(`unknown shape ${tag}`);
  }
}

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

function shapes(name) {
  const svg = readFileSync(
    new URL(`../node_modules/lucide-static/icons/${name}.svg`, import.meta.url),
    'utf8',
  );
  const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1);
  return [...body.matchAll(/<(\w+)([^>]*?)\/>/g)].map(([, tag, text]) => {
    const attributes = [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
    return [tag, Object.fromEntries(attributes)];
  });
}

const lines = names.map((name) => {
  const d = shapes(name)
    .map(([tag, attributes]) => shapePath(tag, attributes))
    .join('');
  return `export const ${camel(name)}Icon = '${d}';`;
});
writeFileSync(
  new URL('../src/ui/icons.ts', import.meta.url),
  `// Made by scripts/icons.mjs from Lucide (ISC licence). Do not edit: add a name there and run \`npm run icons\`.\n${lines.join('\n')}\n`,
);
console.log(`${names.length} icons`);
