import './editor.css';
import { Editor } from '@tiptap/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { ApiError, api } from '../../../lib/api/client';
import { useMe } from '../../../lib/api/queries';
import type { DocumentMeta } from '../../../lib/api/schema';
import { textNow, useText } from '../../../lib/i18n';
import { useStore } from '../../../lib/store';
import { AvatarStack } from '../../../ui/display';
import { Banner } from '../../../ui/feedback';
import { Icon } from '../../../ui/icon';
import { circleCheckIcon, refreshCwIcon, triangleAlertIcon, wifiOffIcon } from '../../../ui/icons';
import { documentTexts } from '../i18n';
import { Connection } from '../sync/connection';
import { LocalCopy } from '../sync/local-copy';
import type { SaveState } from '../sync/save-state';
import { extensionsFor } from './extensions';
import { ImageDialog, LinkDialog } from './insert-dialogs';
import { templateContent, templateNamed } from './templates';
import { EditorToolbar } from './toolbar';
import type { TriggerMatch } from './trigger';
import { TriggerList } from './trigger-list';

interface Live {
  editor: Editor;
  connection: Connection;
  copy: LocalCopy;
  awareness: Awareness;
}

const stateIcons: Record<SaveState, string> = {
  connecting: refreshCwIcon,
  saved: circleCheckIcon,
  saving: refreshCwIcon,
  waiting: triangleAlertIcon,
  offline: wifiOffIcon,
  refused: triangleAlertIcon,
};

function SaveStatus({ live }: { live: Live }) {
  const texts = useText(documentTexts).state;
  const state = useStore(live.connection.state);
  const text = state === 'waiting' && !live.copy.available ? texts.waitingUnkept : texts[state];
  return (
    <span class={`doc-state doc-state-${state}`} role="status">
      <Icon d={stateIcons[state]} small />
      {text}
    </span>
  );
}

interface Present {
  id: string;
  name: string;
}

function usePresent(awareness: Awareness): Present[] {
  const [people, setPeople] = useState<Present[]>([]);
  useEffect(() => {
    const read = () => {
      const found = new Map<string, Present>();
      for (const state of awareness.getStates().values()) {
        const user = state['user'] as Partial<Present> | undefined;
        if (user?.id && user.name) found.set(user.id, { id: user.id, name: user.name });
      }
      setPeople([...found.values()]);
    };
    read();
    awareness.on('change', read);
    return () => awareness.off('change', read);
  }, [awareness]);
  return people;
}

/** Asked after a lost connection: an answer other than a refusal means that trying again makes sense. */
async function stillAllowed(id: string): Promise<boolean> {
  try {
    await api.get(`/documents/${id}`);
    return true;
  } catch (error) {
    return !(error instanceof ApiError && [401, 403, 404].includes(error.status));
  }
}

/** Only the page that made the document carries the template in its address, and only an empty document takes it. */
function fillFromTemplate({ editor, connection }: Live): void {
  const address = new URL(location.href);
  const template = templateNamed(address.searchParams.get('modele'));
  if (!template) return;
  const stop = connection.state.subscribe(() => {
    if (connection.state.get() !== 'saved') return;
    stop();
    history.replaceState(history.state, '', `${address.pathname}?modifier`);
    if (editor.isEmpty) editor.commands.insertContentAt(0, templateContent(template));
  });
}

function useLive(meta: DocumentMeta, editable: boolean, hooks: Parameters<typeof extensionsFor>[3]) {
  const { data: me } = useMe();
  const [live, setLive] = useState<Live>();
  const place = useRef<HTMLDivElement>(null);
  const person = me?.person;
  useEffect(() => {
    if (!person || !place.current) return;
    let ended = false;
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const copy = new LocalCopy(person.id, meta.id, doc);
    let made: Live | undefined;
    void copy.open().then(() => {
      if (ended || !place.current) return;
      const protocol = location.protocol === 'https:' ? 'wss' : 'ws';
      const connection = new Connection({
        url: `${protocol}://${location.host}/collaboration/yjs/${meta.id}?durable=1`,
        doc,
        awareness,
        kept: copy,
        mayWrite: meta.rights.write,
        stillAllowed: () => stillAllowed(meta.id),
      });
      const editor = new Editor({
        element: place.current,
        // The style sheet is ours, and HTML strings are refused by the page's policy.
        injectCSS: false,
        content: { type: 'doc', content: [{ type: 'paragraph' }] },
        editable,
        extensions: extensionsFor(doc, awareness, { id: person.id, name: person.name }, hooks),
        editorProps: {
          attributes: {
            class: 'doc-content',
            role: 'textbox',
            'aria-multiline': 'true',
            'aria-label': textNow(documentTexts).content(meta.title),
          },
        },
      });
      made = { editor, connection, copy, awareness };
      if (editable) fillFromTemplate(made);
      setLive(made);
    });
    return () => {
      ended = true;
      made?.editor.destroy();
      made?.connection.close();
      copy.close();
      awareness.destroy();
      doc.destroy();
    };
    // One session per document and right; the title's changes do not end it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [meta.id, meta.rights.write, person?.id, editable]);
  return { live, place };
}

function Around({ live, meta, editable }: { live: Live; meta: DocumentMeta; editable: boolean }) {
  const texts = useText(documentTexts);
  const people = usePresent(live.awareness);
  const state = useStore(live.connection.state);
  const [linking, setLinking] = useState(false);
  const [image, setImage] = useState<File>();
  const chooser = useRef<HTMLInputElement>(null);
  const pickImage = () => chooser.current?.click();
  useEffect(() => {
    const open = () => pickImage();
    addEventListener('parvis:image', open);
    return () => removeEventListener('parvis:image', open);
  }, []);
  return (
    <>
      <div class="doc-bar">
        <SaveStatus live={live} />
        <AvatarStack people={people} />
        {editable && (
          <EditorToolbar editor={live.editor} onLink={() => setLinking(true)} onImage={pickImage} />
        )}
      </div>
      {state === 'refused' && <Banner tone="danger">{texts.refusedDetail}</Banner>}
      <input
        ref={chooser}
        type="file"
        accept="image/*"
        hidden
        aria-label={texts.tools.image}
        onChange={(event) => {
          setImage(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      {linking && <LinkDialog editor={live.editor} onClose={() => setLinking(false)} />}
      {image && (
        <ImageDialog
          editor={live.editor}
          space={meta.space}
          file={image}
          onClose={() => setImage(undefined)}
        />
      )}
    </>
  );
}

/** The document as it is written now: connected, kept on this device, with the others in it. */
export function LiveDocument({ meta, editable }: { meta: DocumentMeta; editable: boolean }) {
  const [match, setMatch] = useState<TriggerMatch>();
  const keys = useRef<(event: KeyboardEvent) => boolean>(() => false);
  const hooks = useRef({ changed: setMatch, key: (event: KeyboardEvent) => keys.current(event) });
  const { live, place } = useLive(meta, editable, hooks.current);
  return (
    <div class="doc-live">
      {live && <Around live={live} meta={meta} editable={editable} />}
      <div ref={place} class="doc-paper" />
      {live && match && (
        <TriggerList
          key={match.sign}
          editor={live.editor}
          space={meta.space}
          match={match}
          keys={keys}
          onImage={() => dispatchEvent(new Event('parvis:image'))}
          onClose={() => setMatch(undefined)}
        />
      )}
    </div>
  );
}
