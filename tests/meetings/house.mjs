// The server under test, and people who are signed in to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Media on every address: before a page is trusted, Firefox keeps loopback to itself. */
export async function startHouse(options = ['--media-listen', '0.0.0.0:0', '--webhook-networks', '127.0.0.0/8']) {
  const child = spawn('python3', ['../tools/server.py', '--', ...options], { stdio: ['pipe', 'pipe', 'inherit'], cwd: import.meta.dirname });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  const told = await next();
  const tell = async (word) => {
    child.stdin.write(word + '\n');
    await next();
  };
  return {
    ...told,
    /** `how` the server ends: "kill" as a power cut would, "stop" as for an update. It comes back after a while. */
    async restart(how, after_s = 1) {
      await tell(how);
      await new Promise((wake) => setTimeout(wake, after_s * 1000));
      await tell('start');
    },
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

export class Person {
  constructor(house, token, me) {
    Object.assign(this, { house, token, me });
  }
  static async signIn(house, email) {
    const answer = await fetch(house.url + '/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: house.password }),
    });
    if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
    const cookie = answer.headers.getSetCookie()[0];
    return new Person(house, cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf(';')), await answer.json());
  }
  async call(method, path, body) {
    const bytes = body instanceof Uint8Array;
    const answer = await fetch(this.house.url + path, {
      method,
      headers: { authorization: 'Bearer ' + this.token, ...(body && !bytes ? { 'content-type': 'application/json' } : {}) },
      body: bytes || !body ? body : JSON.stringify(body),
    });
    const content = new Uint8Array(await answer.arrayBuffer());
    const json = answer.headers.get('content-type')?.includes('json') ? JSON.parse(new TextDecoder().decode(content)) : null;
    return { status: answer.status, content, json };
  }
  async must(method, path, body) {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${new TextDecoder().decode(answer.content)}`);
    return answer.json;
  }
}

export async function until(what, condition, limit_s = 30) {
  const end = Date.now() + limit_s * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('never: ' + what);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
