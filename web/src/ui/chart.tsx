import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { cx } from './cx';

export interface Series {
  key: string;
  label: string;
}

export interface Bar {
  key: string;
  label: string;
  /** One value per series, same order. */
  values: number[];
}

interface BarChartProps {
  /** What the picture shows, in one sentence: its text alternative. The table with the figures stands beside it. */
  title: string;
  series: Series[];
  bars: Bar[];
  format: (value: number) => string;
  reference?: { value: number; label: string };
}

const usualWidth = 760;
const narrowestSlot = 38;
const height = 300;
const left = 70;
const bottom = 34;
const top = 14;

/** A round step that gives about four lines under the highest value: 1, 2 or 5 times a power of ten. */
export function scaleStep(highest: number): number {
  if (highest <= 0) return 1;
  const raw = highest / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw) ?? 10;
  return factor * power;
}

/** The picture is drawn at its real width, so that its words keep the size of the page's. */
function useWidth() {
  const frame = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(usualWidth);
  useEffect(() => {
    const element = frame.current;
    if (!element || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { frame, width };
}

export function BarChart({ title, series, bars, format, reference }: BarChartProps) {
  const id = useId();
  const { frame, width } = useWidth();
  const totals = bars.map((bar) => bar.values.reduce((sum, value) => sum + value, 0));
  const highest = Math.max(
    1,
    ...totals,
    ...(reference && reference.value < 4 * Math.max(...totals) ? [reference.value] : []),
  );
  const step = scaleStep(highest);
  const ceiling = Math.ceil(highest / step) * step;
  const plot = height - top - bottom;
  const y = (value: number) => top + plot * (1 - value / ceiling);
  const slot = (width - left) / Math.max(1, bars.length);
  const lines = Array.from({ length: Math.round(ceiling / step) + 1 }, (_, index) => index * step);
  const every = Math.max(1, Math.ceil(narrowestSlot / slot));
  return (
    <figure ref={frame}>
      <ul class="legend" aria-hidden="true">
        {series.map((item, index) => (
          <li key={item.key}>
            <i class={`series-${index % 6}`} />
            {item.label}
          </li>
        ))}
      </ul>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={id}>
        <title id={id}>{title}</title>
        {lines.map((value) => (
          <g key={value}>
            <line class="chart-grid" x1={left} x2={width} y1={y(value)} y2={y(value)} />
            <text x={left - 10} y={y(value) + 4} text-anchor="end">
              {format(value)}
            </text>
          </g>
        ))}
        {bars.map((bar, position) => {
          let base = 0;
          const thickness = Math.min(46, slot * 0.62);
          const x = left + slot * position + (slot - thickness) / 2;
          return (
            <g key={bar.key}>
              {bar.values.map((value, index) => {
                const from = base;
                base += value;
                const size = y(from) - y(base);
                if (size <= 0) return null;
                return (
                  <rect
                    key={series[index]?.key ?? index}
                    class={`series-${index % 6}`}
                    x={x}
                    y={y(base)}
                    width={thickness}
                    height={Math.max(1, size - 1)}
                    rx={2}
                  />
                );
              })}
              {position % every === 0 && (
                <text x={x + thickness / 2} y={height - 12} text-anchor="middle">
                  {bar.label}
                </text>
              )}
            </g>
          );
        })}
        {reference && reference.value <= ceiling && (
          <g>
            <line
              class="chart-reference"
              x1={left}
              x2={width}
              y1={y(reference.value)}
              y2={y(reference.value)}
            />
            <text class="chart-reference-text" x={width} y={y(reference.value) - 6} text-anchor="end">
              {reference.label}
            </text>
          </g>
        )}
      </svg>
    </figure>
  );
}

/** The trend of a few values, without axes; the words beside it carry the figures. */
export function Sparkline({ label, values }: { label: string; values: number[] }) {
  const highest = Math.max(1, ...values);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${values.length * 16} 44`}
      width={values.length * 16}
      height={44}
      role="img"
      aria-label={label}
    >
      {values.map((value, index) => {
        const size = Math.max(1, (44 * value) / highest);
        const last = index === values.length - 1;
        return (
          <rect
            key={index}
            class={cx('sparkline-bar', last && 'sparkline-last')}
            x={index * 16 + 1.5}
            y={44 - size}
            width={13}
            height={size}
            rx={2}
          />
        );
      })}
    </svg>
  );
}
