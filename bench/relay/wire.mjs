// Just enough of both framings to write updates and to count those that arrive, so that the generator stays cheap.
import WebSocket from 'ws';

const uint = (number) => {
  const out = [];
  while (number > 127) { out.push((number & 127) | 128); number >>>= 7; }
  out.push(number);
  return out;
};
const bytes = (content) => Buffer.concat([Buffer.from(uint(content.length)), content]);
const sync = 0;
const update = 2;

class Client {
  delivered = 0;
  constructor(url) {
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.opened = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.socket.once('error', reject);
      this.socket.once('close', (code, reason) => reject(new Error(`closed: ${code} ${reason}`)));
    });
  }
  close() {
    this.socket.terminate();
  }
}

export class YjsClient extends Client {
  constructor(base, document, query = '') {
    super(`${base}/${document}${query}`);
    this.socket.once('open', () => this.resolve());
    this.socket.on('message', (data) => {
      if (data[0] === sync && data[1] === update) this.delivered += 1;
    });
  }
  write(content) {
    this.socket.send(Buffer.concat([Buffer.from([sync, update]), bytes(content)]));
  }
}

/** Opens a document of which everything is known: resolves with the bytes of the answer. */
export async function openKnown(base, document, query, stateVector) {
  const socket = new WebSocket(`${base}/${document}${query}`, { perMessageDeflate: false });
  try {
    return await new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => socket.send(Buffer.concat([Buffer.from([sync, 0]), bytes(stateVector)])));
      socket.on('message', (data) => {
        if (data[0] === sync && data[1] === 1) resolve(data.length);
      });
    });
  } finally {
    socket.terminate();
  }
}

export class HocuspocusClient extends Client {
  constructor(url, document, token) {
    super(url);
    this.name = bytes(Buffer.from(document));
    const authentication = 2;
    this.socket.once('open', () =>
      this.socket.send(Buffer.concat([this.name, Buffer.from([authentication, 0]), bytes(Buffer.from(token))])));
    this.socket.on('message', (data) => {
      const at = this.name.length;
      if (data[at] === sync && data[at + 1] === update) this.delivered += 1;
      if (data[at] === authentication) this.resolve();
    });
  }
  write(content) {
    this.socket.send(Buffer.concat([this.name, Buffer.from([sync, update]), bytes(content)]));
  }
}
