import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { sentenceOf } from '../../../lib/api/client';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { Tag } from '../../../ui/display';
import { Banner, EmptyState, Loading } from '../../../ui/feedback';
import type { Block } from './blocks';
import { type Change, compare, countWords, folded, type Shown } from './compare';
import { historyTexts } from './i18n';
import { useBlocks } from './queries';

function Line({ block, children }: { block: Block; children: ComponentChildren }) {
  return (
    <>
      {block.sign && <span class="cmp-sign">{block.sign}</span>}
      <span class="cmp-text">{children}</span>
    </>
  );
}

function useWords() {
  const texts = useText(historyTexts);
  return (block: Block): string => {
    if (block.kind === 'image') return texts.image(block.text);
    return block.kind === 'rule' ? texts.rule : block.text;
  };
}

function ChangedLine({ change }: { change: Change }) {
  const texts = useText(historyTexts);
  const words = useWords();
  const { block } = change;
  const name = cx('cmp-line', `cmp-${block.kind}`, `cmp-is-${change.kind}`);
  const depth = Math.min(block.depth, 4);
  if (change.kind === 'changed') {
    const lookOnly = change.words.every((piece) => piece.kind === 'same');
    return (
      <div class={name} data-depth={depth}>
        <Line block={block}>
          {change.words.map(({ kind, text }, index) =>
            kind === 'same' ? (
              text
            ) : kind === 'added' ? (
              <ins key={index}>{text}</ins>
            ) : (
              <del key={index}>{text}</del>
            ),
          )}
          {lookOnly && (
            <>
              {' '}
              <Tag tone="info">{texts.look}</Tag>
            </>
          )}
        </Line>
      </div>
    );
  }
  const text = words(block);
  return (
    <div class={name} data-depth={depth}>
      {change.kind !== 'same' && <span class="unseen">{texts[change.kind]} </span>}
      <Line block={block}>
        {change.kind === 'added' ? <ins>{text}</ins> : change.kind === 'removed' ? <del>{text}</del> : text}
      </Line>
    </div>
  );
}

function Folded({ changes }: { changes: Change[] }) {
  const texts = useText(historyTexts);
  const [open, setOpen] = useState(false);
  if (open) return <Lines shown={changes} />;
  return (
    <Button small variant="ghost" aria-expanded={false} onClick={() => setOpen(true)}>
      {texts.same(changes.length)}
    </Button>
  );
}

function Lines({ shown }: { shown: readonly Shown[] }) {
  return (
    <>
      {shown.map((one, index) =>
        one.kind === 'hidden' ? (
          <Folded key={index} changes={one.changes} />
        ) : (
          <ChangedLine key={index} change={one} />
        ),
      )}
    </>
  );
}

export interface ComparisonProps {
  document: string;
  from: string;
  to: string;
  /** Grows when the text as it is now must be fetched again. */
  turn: number;
  names: { from: string; to: string };
  /** Who wrote between the two, when that is known. */
  writers: string[];
}

/** What became of the text from one version to another: colours, and lines through or under what changed. */
export function Comparison({ document, from, to, turn, names, writers }: ComparisonProps) {
  const texts = useText(historyTexts);
  const before = useBlocks(document, from, turn);
  const after = useBlocks(document, to, turn);
  const changes = useMemo(
    () => (before.data && after.data ? compare(before.data, after.data) : undefined),
    [before.data, after.data],
  );
  const error = before.error ?? after.error;
  if (error) return <Banner tone="danger">{sentenceOf(error)}</Banner>;
  if (!changes) return <Loading />;
  const count = countWords(changes);
  const same = changes.every((change) => change.kind === 'same');
  return (
    <section class="doc-paper cmp" aria-label={texts.changes(names.from, names.to)}>
      <header class="cmp-head">
        <h2>{texts.changes(names.from, names.to)}</h2>
        {!same && <p class="muted">{texts.count(count.added, count.removed)}</p>}
        {writers.length > 0 && <p class="small muted">{texts.writers(writers.join(', '))}</p>}
      </header>
      {same ? <EmptyState>{texts.none}</EmptyState> : <Lines shown={folded(changes)} />}
    </section>
  );
}
