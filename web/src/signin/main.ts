// The sign-in page: no framework, so that the first thing a person loads weighs a few kilobytes.
import artUrl from './parvis.svg?url';
import { check, destination, type Field } from './check';
import { texts } from './texts';

const root = '/api/v1';

function part<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no ${id}.`);
  return element as T;
}

let language: 'fr' | 'en' = document.documentElement.lang === 'en' ? 'en' : 'fr';
const token = new URLSearchParams(location.search).get('token') ?? '';
const invited = location.pathname === '/invitation' && token !== '';
let invitation: { inviter: string; spaces: string[] } | undefined;
let busy = false;

const fields: Field[] = ['name', 'email', 'password'];

function write(): void {
  const words = texts[language];
  document.documentElement.lang = language;
  document.title = `${invited ? words.invitation : words.title}, Parvis`;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    const text = words[element.dataset.text as keyof typeof words];
    if (typeof text === 'string') element.textContent = text;
  }
  part('title').textContent = invited ? words.invitation : words.title;
  part('lead').textContent = invitation
    ? words.invitedBy(invitation.inviter, invitation.spaces.join(', '))
    : words.lead;
  part('submit').textContent = busy ? words.busy : invited ? words.accept : words.submit;
  const toggle = part('language');
  toggle.textContent = words.language;
  toggle.lang = language === 'fr' ? 'en' : 'fr';
  if (invited) {
    part('password-hint').textContent = words.passwordHint;
    const label = document.querySelector('label[for="password"]');
    if (label) label.textContent = words.newPassword;
  }
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const page = performance.getEntriesByType('navigation') as PerformanceResourceTiming[];
  const bytes = [...page, ...entries].reduce((sum, entry) => sum + entry.transferSize, 0);
  const size = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(bytes / 1000);
  part('weight').textContent = bytes > 0 ? words.weight(size) : '';
}

function showProblem(text: string): void {
  const box = part('problem');
  box.textContent = text;
  box.hidden = text === '';
  if (text !== '') box.focus();
}

function showFieldProblems(problems: Partial<Record<Field, string>>): void {
  let first: HTMLElement | undefined;
  for (const field of fields) {
    const input = part<HTMLInputElement>(field);
    const error = part(`${field}-error`);
    const text = problems[field] ?? '';
    error.textContent = text;
    error.hidden = text === '';
    const described = [invited && field === 'password' && 'password-hint', text !== '' && `${field}-error`];
    const ids = described.filter(Boolean).join(' ');
    if (ids === '') input.removeAttribute('aria-describedby');
    else input.setAttribute('aria-describedby', ids);
    if (text === '') input.removeAttribute('aria-invalid');
    else {
      input.setAttribute('aria-invalid', 'true');
      first ??= input;
    }
  }
  first?.focus();
}

const value = (field: Field) => part<HTMLInputElement>(field).value;

function isField(name: unknown): name is Field {
  return fields.includes(name as Field);
}

async function send(): Promise<void> {
  const [path, body] = invited
    ? ['/invitation', { token, name: value('name').trim(), password: value('password') }]
    : ['/session', { email: value('email').trim(), password: value('password') }];
  const response = await fetch(root + path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Accept-Language': language },
    body: JSON.stringify(body),
  });
  if (response.ok) {
    location.assign(destination(location.search));
    return;
  }
  const problem = (await response.json().catch(() => ({}))) as { title?: string; field?: string };
  const sentence = problem.title ?? texts[language].broken;
  if (isField(problem.field)) showFieldProblems({ [problem.field]: sentence });
  else showProblem(sentence);
  busy = false;
}

async function submit(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  if (busy) return;
  showProblem('');
  const entered = { name: value('name'), email: value('email'), password: value('password') };
  const problems = check(entered, invited, texts[language]);
  showFieldProblems(problems);
  if (Object.keys(problems).length > 0) return;
  busy = true;
  write();
  try {
    await send();
  } catch {
    busy = false;
    showProblem(texts[language].unreachable);
  }
  write();
}

async function openInvitation(): Promise<void> {
  part('name-field').hidden = false;
  part('help').hidden = true;
  part('password-hint').hidden = false;
  part<HTMLInputElement>('password').autocomplete = 'new-password';
  const email = part<HTMLInputElement>('email');
  email.readOnly = true;
  const response = await fetch(`${root}/invitation?token=${encodeURIComponent(token)}`, {
    headers: { Accept: 'application/json', 'Accept-Language': language },
  });
  const body = (await response.json().catch(() => ({}))) as {
    title?: string;
    email?: string;
    inviter?: string;
    spaces?: string[];
  };
  if (!response.ok) {
    showProblem(body.title ?? texts[language].broken);
    part<HTMLButtonElement>('submit').disabled = true;
    return;
  }
  email.value = body.email ?? '';
  invitation = { inviter: body.inviter ?? '', spaces: body.spaces ?? [] };
  write();
}

const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

/** The illustration comes after the form, on wide screens, never when the person saves data. */
function draw(): void {
  if (saving || !matchMedia('(min-width: 62rem)').matches) return;
  const image = new Image();
  image.alt = '';
  image.onload = () => part('art').replaceChildren(image);
  image.src = artUrl;
}

/** While the person types their password, the application they are about to open is fetched. */
async function prefetchShell(): Promise<void> {
  if (saving) return;
  const page = await fetch('/', { credentials: 'same-origin' }).then((response) => response.text());
  for (const [, href] of page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const link = document.createElement('link');
    link.rel = 'prefetch';
    link.href = href ?? '';
    document.head.append(link);
  }
}

part<HTMLFormElement>('form').addEventListener('submit', (event) => void submit(event));
part('password').addEventListener('focus', () => void prefetchShell().catch(() => undefined), { once: true });
part<HTMLInputElement>('show').addEventListener('input', (event) => {
  const shown = (event.currentTarget as HTMLInputElement).checked;
  part<HTMLInputElement>('password').type = shown ? 'text' : 'password';
});
part('language').addEventListener('click', () => {
  language = language === 'fr' ? 'en' : 'fr';
  try {
    localStorage.setItem('parvis.language', language);
  } catch {
    // Remembered on this page only.
  }
  write();
});
write();
if (invited) {
  openInvitation().catch(() => showProblem(texts[language].unreachable));
}
addEventListener('load', () => {
  write();
  draw();
});
