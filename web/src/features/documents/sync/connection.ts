import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import {
  applyAwarenessUpdate,
  type Awareness,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import * as sync from 'y-protocols/sync';
import type * as Y from 'yjs';
import { store } from '../../../lib/store';
import { nextDelayMs, type SaveState, saveState } from './save-state';

const channelSync = 0;
const channelAwareness = 1;
const channelQueryAwareness = 3;
/** The server's own: how many of this connection's updates are on its disk. */
const channelDurable = 100;
/** An update without its acknowledgement for so long means a dead connection. */
const silenceMs = 15_000;

interface Kept {
  unsaved: boolean;
  mark: (unsaved: boolean) => void;
}

interface Options {
  url: string;
  doc: Y.Doc;
  awareness: Awareness;
  kept: Kept;
  mayWrite: boolean;
  /** After each failed attempt: whether the person may still open the document. */
  stillAllowed: () => Promise<boolean>;
}

/**
 * One document on the y-websocket door. "Saved" is said only once the server has answered that every update sent is
 * durable; until then the document counts as unsaved, across closing and opening again.
 */
export class Connection {
  readonly state = store<SaveState>('connecting');
  private socket: WebSocket | undefined;
  private answered = false;
  private synced = false;
  private refused = false;
  private ended = false;
  private away = false;
  private shown: ReturnType<Awareness['getLocalState']> = null;
  private sent = 0;
  private durable = 0;
  private attempts = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {
    options.doc.on('update', this.onUpdate);
    options.awareness.on('update', this.onAwareness);
    addEventListener('online', this.connectNow);
    addEventListener('offline', this.drop);
    addEventListener('pagehide', this.hide);
    addEventListener('pageshow', this.show);
    this.connectNow();
  }

  close(): void {
    this.ended = true;
    this.options.doc.off('update', this.onUpdate);
    this.leave();
    this.options.awareness.off('update', this.onAwareness);
    removeEventListener('online', this.connectNow);
    removeEventListener('offline', this.drop);
    removeEventListener('pagehide', this.hide);
    removeEventListener('pageshow', this.show);
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.socket?.close();
  }

  private readonly connectNow = (): void => {
    if (this.ended || this.refused || this.away || this.socket) return;
    clearTimeout(this.retry);
    const socket = new WebSocket(this.options.url);
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.greet();
    socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
      if (this.socket === socket) this.receive(new Uint8Array(event.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
    this.tell();
  };

  private readonly drop = (): void => {
    const socket = this.socket;
    if (!socket) return;
    this.lost();
    socket.close();
  };

  private lost(): void {
    this.socket = undefined;
    this.answered = false;
    this.synced = false;
    clearTimeout(this.silence);
    const others = [...this.options.awareness.getStates().keys()];
    const own = this.options.doc.clientID;
    removeAwarenessStates(
      this.options.awareness,
      others.filter((client) => client !== own),
      this,
    );
    this.attempts += 1;
    this.tell();
    if (this.ended || this.away) return;
    // Without network the event "online" is what one waits for; a try now and then, should it never come.
    const attempts = navigator.onLine ? this.attempts : Infinity;
    this.retry = setTimeout(this.connectNow, nextDelayMs(attempts, Math.random()));
    void this.options.stillAllowed().then((allowed) => {
      if (allowed) return;
      this.refused = true;
      clearTimeout(this.retry);
      this.tell();
    });
  }

  private greet(): void {
    this.sent = 0;
    this.durable = 0;
    const hello = encoding.createEncoder();
    encoding.writeVarUint(hello, channelSync);
    sync.writeSyncStep1(hello, this.options.doc);
    this.send(encoding.toUint8Array(hello));
    const { awareness, doc } = this.options;
    if (awareness.getLocalState())
      this.onAwareness({ added: [doc.clientID], updated: [], removed: [] }, 'local');
    this.tell();
  }

  private receive(message: Uint8Array): void {
    const { awareness, doc } = this.options;
    const input = decoding.createDecoder(message);
    switch (decoding.readVarUint(input)) {
      case channelSync:
        this.receiveSync(input);
        break;
      case channelAwareness:
        applyAwarenessUpdate(awareness, decoding.readVarUint8Array(input), this);
        break;
      case channelQueryAwareness:
        this.onAwareness({ added: [doc.clientID], updated: [], removed: [] }, 'local');
        break;
      case channelDurable:
        this.durable = decoding.readVarUint(input);
        this.watchSilence();
        break;
    }
    this.tell();
  }

  private receiveSync(input: decoding.Decoder): void {
    const { doc, mayWrite } = this.options;
    const step = decoding.readVarUint(input);
    if (step === sync.messageYjsSyncStep1) {
      const answer = encoding.createEncoder();
      encoding.writeVarUint(answer, channelSync);
      sync.readSyncStep1(input, answer, doc);
      // Who may not write has nothing to bring.
      if (mayWrite) this.sendCounted(encoding.toUint8Array(answer));
      this.answered = true;
    } else {
      sync.readSyncStep2(input, doc, this);
      if (step === sync.messageYjsSyncStep2) {
        this.synced = true;
        this.attempts = 0;
      }
    }
  }

  private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this || origin === this.options.kept) return;
    this.options.kept.mark(true);
    if (this.answered) {
      const message = encoding.createEncoder();
      encoding.writeVarUint(message, channelSync);
      sync.writeUpdate(message, update);
      this.sendCounted(encoding.toUint8Array(message));
    }
    this.tell();
  };

  private readonly onAwareness = (
    changes: { added: number[]; updated: number[]; removed: number[] },
    origin: unknown,
  ): void => {
    const own = this.options.doc.clientID;
    if (origin === this || ![...changes.added, ...changes.updated, ...changes.removed].includes(own)) return;
    const message = encoding.createEncoder();
    encoding.writeVarUint(message, channelAwareness);
    encoding.writeVarUint8Array(message, encodeAwarenessUpdate(this.options.awareness, [own]));
    this.send(encoding.toUint8Array(message));
  };

  private readonly leave = (): void => {
    removeAwarenessStates(this.options.awareness, [this.options.doc.clientID], 'leaving');
  };

  /** A page that is left may be kept by the browser and shown again: until then it neither tries nor is seen. */
  private readonly hide = (): void => {
    this.away = true;
    clearTimeout(this.retry);
    this.shown = this.options.awareness.getLocalState();
    this.leave();
  };

  private readonly show = (): void => {
    if (!this.away) return;
    this.away = false;
    this.options.awareness.setLocalState(this.shown);
    this.connectNow();
  };

  private sendCounted(message: Uint8Array): void {
    this.sent += 1;
    this.send(message);
    if (this.silence === undefined) this.watchSilence();
  }

  private send(message: Uint8Array): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(message);
  }

  private watchSilence(): void {
    clearTimeout(this.silence);
    this.silence = this.sent > this.durable ? setTimeout(this.drop, silenceMs) : undefined;
  }

  private tell(): void {
    const { kept } = this.options;
    if (this.options.mayWrite && this.synced && this.answered && this.durable >= this.sent) kept.mark(false);
    this.state.set(
      saveState({
        refused: this.refused,
        online: this.socket !== undefined || (this.attempts === 0 && navigator.onLine),
        synced: this.synced && this.answered,
        unsaved: kept.unsaved,
      }),
    );
  }
}
