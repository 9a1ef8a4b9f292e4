import './app.css';
import { render } from 'preact';
import { ApiError, setCsrf } from '../lib/api/client';
import { fetchMe, keys, queryClient } from '../lib/api/queries';
import type { Me } from '../lib/api/schema';
import { language, setLanguage } from '../lib/i18n';
import { startLive } from '../lib/live';
import { signInPath } from '../lib/paths';
import { App } from './app';
import { registerWorker } from './register-worker';

function toSignIn(): void {
  location.replace(signInPath(location.pathname + location.search));
}

/** Whoever the session belongs to decides the language and the token of unsafe requests. */
function follow(me: Me): void {
  setCsrf(me.csrf);
  if (me.language !== language.get()) setLanguage(me.language);
}

queryClient.subscribe(({ key, snapshot }) => {
  const { error, data } = snapshot;
  if (error instanceof ApiError && error.status === 401) toSignIn();
  if (key[0] === 'me' && data) follow(data as Me);
});

async function start(): Promise<void> {
  const me = await queryClient
    .fetchQuery({ queryKey: keys.me, queryFn: fetchMe })
    .catch((error: unknown) => error);
  if (me instanceof ApiError && me.status === 401) return;
  const root = document.getElementById('parvis');
  if (root) render(<App />, root);
  startLive();
  registerWorker();
}

void start();
