import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'wouter';
import type { ComponentChildren } from 'preact';
import { pageChanging } from '../../lib/a11y/title';
import type { Me } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { lazyView } from '../../lib/lazy-view';
import { keySequence } from '../../lib/shortcuts/sequence';
import { readSetting } from '../../lib/storage';
import { LiveRegions } from '../../ui/feedback';
import { appTexts } from '../i18n';
import { LazyPalette } from '../palette/lazy';
import { BottomBar } from './bottom-bar';
import { Header } from './header';
import { Rail } from './rail';
import { StatusBars } from './status-bars';

const ShortcutsDialog = lazyView<{ onClose: () => void }>(() =>
  import('./shortcuts-dialog').then((module) => module.ShortcutsDialog),
);

type Layer = 'palette' | 'shortcuts' | undefined;

function useShortcuts(open: (layer: Layer) => void): void {
  const [, go] = useLocation();
  useEffect(() => {
    const follow = keySequence(
      () => readSetting('letters') !== 'off' && !document.querySelector('dialog[open]'),
    );
    const press = (event: KeyboardEvent) => {
      const shortcut = follow(event);
      if (!shortcut) return;
      event.preventDefault();
      if (shortcut.id === 'palette') open('palette');
      else if (shortcut.id === 'help') open('shortcuts');
      else if (shortcut.path) go(shortcut.path);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [go, open]);
}

/** A page change starts at the top and names itself; going back is left to the browser. */
function usePageChanges(): void {
  const [location] = useLocation();
  const [first, setFirst] = useState(location);
  if (first !== location) {
    setFirst(location);
    pageChanging();
  }
  useEffect(() => {
    const push = () => scrollTo(0, 0);
    addEventListener('pushState', push);
    return () => removeEventListener('pushState', push);
  }, []);
}

export function Shell({ me, children }: { me: Me; children: ComponentChildren }) {
  const texts = useText(appTexts);
  const [layer, setLayer] = useState<Layer>();
  const close = () => setLayer(undefined);
  useShortcuts(setLayer);
  usePageChanges();
  return (
    <>
      <ul class="skip-links">
        <li>
          <a href="#contenu">{texts.skipContent}</a>
        </li>
        <li>
          <a href="#outils">{texts.skipTools}</a>
        </li>
        <li>
          <a href="#recherche">{texts.skipSearch}</a>
        </li>
      </ul>
      <div class="app">
        <Rail me={me} />
        <div class="app-column">
          <Header me={me} onPalette={() => setLayer('palette')} onShortcuts={() => setLayer('shortcuts')} />
          <StatusBars />
          <main id="contenu" tabIndex={-1}>
            {children}
          </main>
        </div>
        <BottomBar me={me} />
      </div>
      {layer === 'palette' && <LazyPalette me={me} onClose={close} />}
      {layer === 'shortcuts' && <ShortcutsDialog onClose={close} />}
      <LiveRegions />
    </>
  );
}
