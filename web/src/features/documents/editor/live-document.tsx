import './editor.css';
import { Editor } from '@tiptap/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { ApiError, api } from '../../../lib/api/client';
import { useMe } from '../../../lib/api/queries';
import type { DocumentMeta } from '../../../lib/api/schema';
import { textNow, useText } from '../../../lib/i18n';
import { lazyView } from '../../../lib/lazy-view';
import { useStore } from '../../../lib/store';
import { AvatarStack } from '../../../ui/display';
import { IconButton } from '../../../ui/button';
import { Banner } from '../../../ui/feedback';
import { searchIcon } from '../../../ui/icons';
import { documentTexts } from '../i18n';
import { Connection } from '../sync/connection';
import { LocalCopy } from '../sync/local-copy';
import { CommentsButton, Discussion } from './discussion';
import { extensionsFor } from './extensions';
import type { FindProps } from './find-bar';
import type { ImageProps, LinkProps } from './insert-dialogs';
import type { Live, LiveProps } from './live';
import { Painters } from './painters';
import { SaveStatus, usePresent } from './status';
import { EditorToolbar } from './toolbar';
import type { TriggerMatch } from './trigger';
import type { TriggerListProps } from './trigger-list';

const LinkDialog = lazyView<LinkProps>(() => import('./insert-dialogs').then((module) => module.LinkDialog));
const ImageDialog = lazyView<ImageProps>(() =>
  import('./insert-dialogs').then((module) => module.ImageDialog),
);
const FindBar = lazyView<FindProps>(() => import('./find-bar').then((module) => module.FindBar));
const TriggerList = lazyView<TriggerListProps>(() =>
  import('./trigger-list').then((module) => module.TriggerList),
);

/** Asked after a lost connection: an answer other than a refusal means that trying again makes sense. */
async function stillAllowed(id: string): Promise<boolean> {
  try {
    await api.get(`/documents/${id}`);
    return true;
  } catch (error) {
    return !(error instanceof ApiError && [401, 403, 404].includes(error.status));
  }
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
    const painters = new Painters();
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
        extensions: extensionsFor(doc, awareness, { id: person.id, name: person.name }, hooks, painters),
        editorProps: {
          handlePaste: (view, event) => {
            const text = event.clipboardData?.getData('text/plain').trim() ?? '';
            if (!/^https?:\/\/\S+$/.test(text) || view.state.selection.$from.parent.type.spec.code)
              return false;
            void import('./paste-link').then(({ pasteLink }) => pasteLink(editor, text));
            return true;
          },
          attributes: {
            class: 'doc-content',
            role: 'textbox',
            'aria-multiline': 'true',
            'aria-label': textNow(documentTexts).content(meta.title),
          },
        },
      });
      made = { editor, connection, copy, awareness, painters };
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

function Around({ live, meta, editable, comments }: LiveProps & { live: Live }) {
  const texts = useText(documentTexts);
  const people = usePresent(live.awareness);
  const state = useStore(live.connection.state);
  const [linking, setLinking] = useState(false);
  const [picturing, setPicturing] = useState(false);
  const [finding, setFinding] = useState(false);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'f') return;
      event.preventDefault();
      // What is typed before the bar is there must not land in the text.
      live.editor.commands.blur();
      setFinding(true);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [live.editor]);
  useEffect(() => {
    const open = () => setPicturing(true);
    addEventListener('parvis:image', open);
    return () => removeEventListener('parvis:image', open);
  }, []);
  return (
    <>
      <div class="doc-bar doc-wide">
        <SaveStatus live={live} />
        <AvatarStack people={people} />
        <span class="grow" />
        <IconButton label={texts.find} icon={searchIcon} onClick={() => setFinding(true)} />
        <CommentsButton meta={meta} comments={comments} />
        {editable && (
          <EditorToolbar
            editor={live.editor}
            onLink={() => setLinking(true)}
            onImage={() => setPicturing(true)}
          />
        )}
        {finding && (
          <FindBar editor={live.editor} painters={live.painters} onClose={() => setFinding(false)} />
        )}
      </div>
      {state === 'refused' && <Banner tone="danger">{texts.refusedDetail}</Banner>}
      {linking && <LinkDialog editor={live.editor} onClose={() => setLinking(false)} />}
      {picturing && (
        <ImageDialog editor={live.editor} space={meta.space} onClose={() => setPicturing(false)} />
      )}
    </>
  );
}

/** The document as it is written now: connected, kept on this device, with the others in it. */
export function LiveDocument(props: LiveProps) {
  const { meta, editable } = props;
  const [match, setMatch] = useState<TriggerMatch>();
  const keys = useRef<(event: KeyboardEvent) => boolean>(() => false);
  const hooks = useRef({ changed: setMatch, key: (event: KeyboardEvent) => keys.current(event) });
  const { live, place } = useLive(meta, editable, hooks.current);
  return (
    <div class="doc-live">
      {live && <Around live={live} {...props} />}
      <div ref={place} class="doc-paper" />
      {live && <Discussion live={live} {...props} />}
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
