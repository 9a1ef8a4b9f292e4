import { useState } from 'preact/hooks';
import { dictionary, useText } from '../lib/i18n';
import { readSetting, writeSetting } from '../lib/storage';
import { Switch } from '../ui/choice';
import { Dialog } from '../ui/dialog';
import { Kbd } from '../ui/display';
import type { Inside } from './inside';
import { panelsFor } from './panels';

const helpTexts = dictionary(
  {
    title: 'Raccourcis clavier de la visio',
    letters: 'Raccourcis d’une seule lettre',
    lettersHint: 'À couper si vous dictez, ou si une lettre part par mégarde.',
    held: 'maintenir',
    acts: {
      microphone: 'Activer ou couper le micro',
      talk: 'Parler tant que la touche est enfoncée',
      camera: 'Activer ou couper la caméra',
      hand: 'Lever ou baisser la main',
      share: 'Partager l’écran, ou arrêter',
      captions: 'Afficher ou masquer les sous-titres',
      layout: 'Changer de disposition',
      help: 'Afficher ces raccourcis',
      close: 'Fermer le panneau',
    },
    panel: (name: string) => `Ouvrir ou fermer : ${name}`,
  },
  {
    title: 'Keyboard shortcuts of the meeting',
    letters: 'Single-letter shortcuts',
    lettersHint: 'Switch them off if you dictate, or if a letter goes off by mistake.',
    held: 'hold',
    acts: {
      microphone: 'Mute or unmute',
      talk: 'Talk while the key is held',
      camera: 'Turn the camera on or off',
      hand: 'Raise or lower hand',
      share: 'Share the screen, or stop',
      captions: 'Show or hide captions',
      layout: 'Change the layout',
      help: 'Show these shortcuts',
      close: 'Close the panel',
    },
    panel: (name: string) => `Open or close: ${name}`,
  },
);

function Line({ words, keys, held }: { words: string; keys: readonly string[]; held?: string }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd class="row">
        {held && <span class="small muted">{held}</span>}
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dd>
    </div>
  );
}

/** Every key of the room, and the switch of those that are a single letter. */
export function HelpDialog({ inside, onClose }: { inside: Inside; onClose: () => void }) {
  const texts = useText(helpTexts);
  const [letters, setLetters] = useState(readSetting('letters') !== 'off');
  const { acts } = texts;
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <Switch
        label={texts.letters}
        hint={texts.lettersHint}
        checked={letters}
        onChecked={(on) => {
          setLetters(on);
          writeSetting('letters', on ? null : 'off');
        }}
      />
      <dl class="shortcut-list">
        <Line words={acts.microphone} keys={['M', 'Ctrl D']} />
        <Line words={acts.talk} keys={['V']} held={texts.held} />
        <Line words={acts.camera} keys={['E', 'Ctrl E']} />
        <Line words={acts.hand} keys={['H']} />
        <Line words={acts.share} keys={['S']} />
        <Line words={acts.captions} keys={['T']} />
        <Line words={acts.layout} keys={['L']} />
        {panelsFor(inside).map((panel) => panel.letter && <PanelLine key={panel.id} panel={panel} />)}
        <Line words={acts.help} keys={['?']} />
        <Line words={acts.close} keys={['Échap']} />
      </dl>
    </Dialog>
  );
}

function PanelLine({ panel }: { panel: ReturnType<typeof panelsFor>[number] }) {
  const texts = useText(helpTexts);
  const { name } = useText(panel.words);
  return <Line words={texts.panel(name)} keys={[(panel.letter ?? '').toUpperCase()]} />;
}
