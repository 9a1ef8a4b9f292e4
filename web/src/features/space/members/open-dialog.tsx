import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import { refreshSpaces } from '../../../lib/api/queries';
import type { Space } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { ConfirmDialog } from '../../../ui/confirm';
import { membersTexts } from './i18n';

/** Opening to externals is for ever: said, ticked, then done. */
export function OpenDialog({ space, onClose }: { space: Space; onClose: () => void }) {
  const texts = useText(membersTexts);
  const open = useAction(() => api.post<Space>(`/spaces/${space.id}/open-to-externals`, { confirm: true }), {
    done: texts.opened,
    quiet: true,
    onDone: async () => {
      onClose();
      await refreshSpaces();
    },
  });
  return (
    <ConfirmDialog
      title={texts.openTitle}
      confirm={texts.openConfirm}
      danger
      acknowledge={texts.openAcknowledge}
      busy={open.busy}
      error={open.problem}
      onConfirm={() => open.run(undefined)}
      onClose={onClose}
    >
      <p>{texts.openDetail}</p>
      <p class="strong">{texts.openAll}</p>
    </ConfirmDialog>
  );
}
