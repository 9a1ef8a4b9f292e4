import { ParticipantKind, type Room, RoomEvent, type TranscriptionSegment } from 'livekit-client';
import { readSetting, writeSetting } from '../lib/storage';
import { store } from '../lib/store';

export interface Line {
  id: string;
  name: string;
  text: string;
  at: number;
}

export const captionSizes = ['normal', 'large', 'larger'] as const;
export type CaptionSize = (typeof captionSizes)[number];
export const captionTopic = 'lk.transcription';
export const shownLines = 3;
export const shownForMs = 10_000;
const maxCharacters = 500;

/** Whether captions are shown, and how large: remembered on this device. */
export const captionChoice = store<{ on: boolean; size: CaptionSize }>({
  on: readSetting('visio.captions') === 'on',
  size: captionSizes.find((one) => one === readSetting('visio.caption_size')) ?? 'normal',
});
export function showCaptions(on: boolean): void {
  writeSetting('visio.captions', on ? 'on' : null);
  captionChoice.set({ ...captionChoice.get(), on });
}
export function sizeCaptions(size: CaptionSize): void {
  writeSetting('visio.caption_size', size);
  captionChoice.set({ ...captionChoice.get(), size });
}

/** The lines to show now: a segment that is said again replaces itself, what is old goes. */
export function withLine(lines: readonly Line[], line: Line): Line[] {
  const text = line.text.length > maxCharacters ? `…${line.text.slice(-maxCharacters)}` : line.text;
  const fresh = lines.filter((one) => line.at - one.at < shownForMs);
  const at = fresh.findIndex((one) => one.id === line.id);
  const next = at < 0 ? [...fresh, { ...line, text }] : fresh.with(at, { ...line, text });
  return next.filter((one) => one.text.trim() !== '').slice(-shownLines);
}

/** What transcribers in the room say was said. */
export class CaptionLines {
  readonly lines = store<Line[]>([]);

  constructor(private readonly room: Room) {
    room.on(RoomEvent.TranscriptionReceived, (segments: TranscriptionSegment[], who) => {
      for (const { id, text } of segments) this.take(id, who?.name ?? '', text);
    });
    room.registerTextStreamHandler(captionTopic, (reader, { identity }) => {
      const { attributes = {}, id } = reader.info;
      const name = this.nameOf(identity, attributes['lk.transcribed_track_id']);
      const segment = `${identity} ${attributes['lk.segment_id'] ?? id}`;
      void (async () => {
        let text = '';
        for await (const piece of reader) {
          text = (text + piece).slice(-2 * maxCharacters);
          this.take(segment, name, text);
        }
      })().catch(() => undefined); // a stream that breaks off leaves what came
    });
    const timer = setInterval(() => this.forget(), shownForMs / 4);
    room.once(RoomEvent.Disconnected, () => clearInterval(timer));
  }

  /** Only the meeting's own transcriber may say what another said. */
  private nameOf(identity: string, track: string | undefined): string {
    const all = [this.room.localParticipant, ...this.room.remoteParticipants.values()];
    const sender = all.find((one) => one.identity === identity);
    const speaker = track && all.find((one) => [...one.trackPublications.keys()].includes(track));
    const one = speaker && sender?.kind === ParticipantKind.AGENT ? speaker : sender;
    return one?.name ?? '';
  }

  private take(id: string, name: string, text: string): void {
    this.lines.set(withLine(this.lines.get(), { id, name, text, at: performance.now() }));
  }
  private forget(): void {
    const lines = this.lines.get();
    const kept = lines.filter((one) => performance.now() - one.at < shownForMs);
    if (kept.length < lines.length) this.lines.set(kept);
  }
}
