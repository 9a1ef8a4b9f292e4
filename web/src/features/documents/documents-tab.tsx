import './documents.css';
import { useState } from 'preact/hooks';
import { Link } from 'wouter';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/a11y/announce';
import type { ChangeDocument, DocumentEntry, Space } from '../../lib/api/schema';
import { ago } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { Button, IconButton } from '../../ui/button';
import { cx } from '../../ui/cx';
import { EmptyState, Skeleton, toast } from '../../ui/feedback';
import { Icon } from '../../ui/icon';
import {
  chevronDownIcon,
  chevronRightIcon,
  ellipsisIcon,
  fileTextIcon,
  lockIcon,
  plusIcon,
} from '../../ui/icons';
import { Menu, MenuItem, MenuLine } from '../../ui/popover';
import { documentTexts } from './i18n';
import { ImportButton } from './parts/import-button';
import { CreateDialog, RenameDialog } from './parts/page-dialogs';
import { changeDocument, refreshTree, restoreDocument, trashDocument, useDocuments } from './queries';
import { type TreeRow, treeRows, withDescendants } from './tree';

interface RowProps {
  row: TreeRow;
  rows: TreeRow[];
  space: Space;
  closed: boolean;
  onToggle: () => void;
  onCreate: () => void;
  onRename: () => void;
  move: (document: DocumentEntry, change: ChangeDocument) => void;
}

/** Every place a page can be dragged to, as words: the same by keyboard, touch and mouse. */
function moves({ row, rows }: RowProps, texts: ReturnType<typeof useText<typeof documentTexts.fr>>) {
  const { document, index, siblings } = row;
  const level = rows.filter(
    (one) => one.depth === row.depth && one.document.parent_id === document.parent_id,
  );
  const before = level[level.findIndex((one) => one.document.id === document.id) - 1];
  const parent = rows.find((one) => one.document.id === document.parent_id);
  const result: [string, ChangeDocument][] = [];
  if (index > 0) result.push([texts.up, { position: index - 1 }]);
  if (index < siblings - 1) result.push([texts.down, { position: index + 1 }]);
  if (before) result.push([texts.into, { parent_id: before.document.id }]);
  if (parent)
    result.push([texts.out, { parent_id: parent.document.parent_id ?? null, position: parent.index + 1 }]);
  return result;
}

function RowMenu(props: RowProps) {
  const texts = useText(documentTexts);
  const { row, space, onCreate, onRename, move } = props;
  const { document } = row;
  const trash = useAction(() => trashDocument(document.id), {
    onDone: async () => {
      toast(texts.trashed(document.title), {
        action: {
          label: texts.undo,
          run: () => void restoreDocument(document.id).then(() => refreshTree(space.id)),
        },
      });
      await refreshTree(space.id);
    },
  });
  const item = (close: () => void, label: string, run: () => void, danger = false) => (
    <MenuItem
      key={label}
      danger={danger}
      onClick={() => {
        close();
        run();
      }}
    >
      {label}
    </MenuItem>
  );
  return (
    <Menu
      label={texts.actions(document.title)}
      trigger={(trigger) => (
        <button type="button" class="icon-button" aria-label={texts.actions(document.title)} {...trigger}>
          <Icon d={ellipsisIcon} />
        </button>
      )}
    >
      {(close) => (
        <>
          {item(close, texts.createUnder(document.title), onCreate)}
          {item(close, texts.rename, onRename)}
          <MenuLine />
          {moves(props, texts).map(([label, change]) => item(close, label, () => move(document, change)))}
          <MenuLine />
          {item(close, texts.trash, () => trash.run(undefined), true)}
        </>
      )}
    </Menu>
  );
}

function Row(props: RowProps & { writes: boolean; onDropped: (dragged: string) => void }) {
  const { row, closed, onToggle, writes, onDropped } = props;
  const texts = useText(documentTexts);
  const { document, depth, hasChildren } = row;
  const [over, setOver] = useState(false);
  return (
    // Dragging has its twin by keyboard and touch in the menu of the row.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      class={cx('doc-row', over && 'doc-row-over')}
      data-depth={Math.min(depth, 6)}
      draggable={writes}
      onDragStart={(event) => event.dataTransfer?.setData('text/x-parvis-document', document.id)}
      onDragOver={(event) => {
        if (!writes || !event.dataTransfer?.types.includes('text/x-parvis-document')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        const dragged = event.dataTransfer?.getData('text/x-parvis-document');
        if (!dragged) return;
        event.preventDefault();
        onDropped(dragged);
      }}
    >
      {hasChildren ? (
        <IconButton
          label={closed ? texts.openUnder(document.title) : texts.closeUnder(document.title)}
          icon={closed ? chevronRightIcon : chevronDownIcon}
          aria-expanded={!closed}
          onClick={onToggle}
        />
      ) : (
        <span class="doc-row-leaf">
          <Icon d={fileTextIcon} />
        </span>
      )}
      <Link href={`/d/${document.id}`} class="doc-row-link">
        <span class="doc-row-title">
          {document.title}
          {document.frozen && <Icon d={lockIcon} small />}
        </span>
        <span class="small muted">
          {texts.changed(ago(document.updated_at), document.updated_by?.name ?? '')}
        </span>
      </Link>
      {writes && <RowMenu {...props} />}
    </li>
  );
}

export default function DocumentsTab({ space }: { space: Space }) {
  const texts = useText(documentTexts);
  const { data: documents } = useDocuments(space.id);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [creating, setCreating] = useState<{ parent?: DocumentEntry }>();
  const [renaming, setRenaming] = useState<DocumentEntry>();
  const writes = space.may.includes('document_write') && space.state === 'active';
  const moving = useAction(
    ({ document, change }: { document: DocumentEntry; change: ChangeDocument }) =>
      changeDocument(document.id, change),
    { onDone: (moved) => announce(texts.moved(moved.title)) },
  );
  if (!documents) return <Skeleton lines={4} />;
  const rows = treeRows(documents, closed);
  const move = (document: DocumentEntry, change: ChangeDocument) => moving.run({ document, change });
  const toggle = (id: string) => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  const drop = (dragged: string, target: DocumentEntry) => {
    const document = documents.find((one) => one.id === dragged);
    if (document && !withDescendants(documents, dragged).has(target.id))
      move(document, { parent_id: target.id });
  };
  const create = (
    <>
      <Button variant="primary" icon={plusIcon} onClick={() => setCreating({})}>
        {texts.create}
      </Button>
      <ImportButton space={space.id} />
    </>
  );
  return (
    <>
      {rows.length === 0 ? (
        <EmptyState action={writes && create}>{writes ? texts.none : texts.noneRead}</EmptyState>
      ) : (
        <>
          {writes && <div class="list-actions">{create}</div>}
          <ul class="card doc-tree" aria-label={texts.tree}>
            {rows.map((row) => (
              <Row
                key={row.document.id}
                row={row}
                rows={rows}
                space={space}
                closed={closed.has(row.document.id)}
                writes={writes}
                move={move}
                onToggle={() => toggle(row.document.id)}
                onCreate={() => setCreating({ parent: row.document })}
                onRename={() => setRenaming(row.document)}
                onDropped={(dragged) => drop(dragged, row.document)}
              />
            ))}
          </ul>
        </>
      )}
      {creating && (
        <CreateDialog space={space.id} parent={creating.parent} onClose={() => setCreating(undefined)} />
      )}
      {renaming && <RenameDialog document={renaming} onClose={() => setRenaming(undefined)} />}
    </>
  );
}
