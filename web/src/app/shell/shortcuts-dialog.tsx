import { useText } from '../../lib/i18n';
import { shortcutTexts, shortcuts } from '../../lib/shortcuts/catalog';
import { Kbd } from '../../ui/display';
import { Dialog } from '../../ui/dialog';
import { appTexts } from '../i18n';

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const texts = useText(appTexts);
  const names = useText(shortcutTexts);
  return (
    <Dialog title={texts.shortcuts} onClose={onClose}>
      <p class="muted small">{texts.shortcutsHint}</p>
      <dl class="shortcut-list">
        {shortcuts.map((shortcut) => (
          <div key={shortcut.id}>
            <dt>{names[shortcut.id]}</dt>
            <dd class="row">
              {shortcut.keys.map((key, index) => (
                <span key={key + String(index)} class="row">
                  {index > 0 && shortcut.letters && <span class="small muted">{texts.then}</span>}
                  <Kbd>{key}</Kbd>
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
