import { useEffect, useRef } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { IconButton } from '../ui/button';
import { kitTexts } from '../ui/i18n';
import { xIcon } from '../ui/icons';
import type { Inside } from './inside';
import type { Panel } from './panels';

/** The frame of the open panel. The focus comes into it, and goes back to where it was when it closes. */
export function SidePanel({ panel, inside }: { panel: Panel; inside: Inside }) {
  const kit = useText(kitTexts);
  const { name } = useText(panel.words);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    title.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [panel.id]);
  const close = () => inside.show(undefined);
  return (
    // Escape anywhere in it does what its cross does.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      class="visio-panel"
      aria-label={name}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        close();
      }}
    >
      <div class="visio-panel-head row">
        <h2 class="grow" ref={title} tabIndex={-1}>
          {name}
        </h2>
        <IconButton label={kit.close} icon={xIcon} onClick={close} />
      </div>
      <panel.View key={panel.id} inside={inside} />
    </aside>
  );
}
