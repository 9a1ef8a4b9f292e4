import { useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { IconButton } from '../ui/button';
import { cx } from '../ui/cx';
import {
  captionsIcon,
  handIcon,
  micIcon,
  micOffIcon,
  phoneOffIcon,
  screenShareIcon,
  videoIcon,
  videoOffIcon,
} from '../ui/icons';
import { captionChoice } from './captions';
import { HelpDialog } from './help-dialog';
import type { Inside, InsideProps } from './inside';
import { MoreMenu } from './more-menu';
import { useNarrow } from './narrow';
import { useOwnActs } from './own-acts';
import { type Panel, panelsFor } from './panels';
import { ReactionMenu } from './reaction-menu';
import type { Reactions } from './reactions';
import { roomTexts } from './room-texts';
import { SettingsDialog } from './settings-dialog';

const none = () => 0;

function PanelButton({ panel, inside }: { panel: Panel; inside: Inside }) {
  const texts = useText(roomTexts);
  const { name } = useText(panel.words);
  const useCount = panel.useCount ?? none;
  const count = useCount(inside);
  const open = inside.panel === panel.id;
  return (
    <IconButton
      round
      label={count > 0 ? texts.withCount(name, count) : name}
      icon={panel.icon}
      aria-expanded={open}
      onClick={() => inside.show(open ? undefined : panel.id)}
    >
      {count > 0 && (
        <span class="visio-count" aria-hidden="true">
          {count}
        </span>
      )}
    </IconButton>
  );
}

export function Controls({ inside, reactions }: InsideProps & { reactions: Reactions }) {
  const texts = useText(roomTexts);
  const { call, state, self } = inside;
  const narrow = useNarrow();
  const captions = useStore(captionChoice).on;
  const [dialog, setDialog] = useState<'help' | 'settings'>();
  const acts = useOwnActs(inside, () => setDialog('help'));
  const inBar = panelsFor(inside).filter(({ place }) => place === 'bar' || (place === 'wide' && !narrow));
  return (
    <>
      <div class="visio-controls" role="toolbar" aria-label={texts.controls}>
        <IconButton
          round
          label={state.microphone ? texts.muteMe : texts.unmuteMe}
          icon={state.microphone ? micIcon : micOffIcon}
          class={cx('visio-device', !state.microphone && 'visio-off')}
          onClick={acts.microphone}
        >
          {!narrow && <span aria-hidden="true">{texts.microphone}</span>}
        </IconButton>
        <IconButton
          round
          label={state.camera ? texts.stopCamera : texts.startCamera}
          icon={state.camera ? videoIcon : videoOffIcon}
          class={cx('visio-device', !state.camera && 'visio-off')}
          onClick={acts.camera}
        >
          {!narrow && <span aria-hidden="true">{texts.camera}</span>}
        </IconButton>
        {!narrow && (
          <>
            <IconButton
              round
              label={state.sharing ? texts.stopShare : texts.share}
              icon={screenShareIcon}
              aria-pressed={state.sharing}
              onClick={acts.share}
            />
            <IconButton
              round
              label={captions ? texts.hideCaptions : texts.showCaptions}
              icon={captionsIcon}
              aria-pressed={captions}
              onClick={acts.captions}
            />
          </>
        )}
        <IconButton
          round
          label={self?.hand ? texts.lower : texts.raise}
          icon={handIcon}
          aria-pressed={Boolean(self?.hand)}
          onClick={acts.hand}
        />
        {!narrow && <ReactionMenu onReaction={(reaction) => void reactions.send(reaction)} />}
        {inBar.map((panel) => (
          <PanelButton key={panel.id} panel={panel} inside={inside} />
        ))}
        <MoreMenu inside={inside} acts={acts} narrow={narrow} reactions={reactions} onDialog={setDialog} />
        <IconButton
          round
          label={texts.leave}
          icon={phoneOffIcon}
          class="visio-device visio-leave"
          onClick={() => void call.leave()}
        >
          {!narrow && <span aria-hidden="true">{texts.leave}</span>}
        </IconButton>
      </div>
      {dialog === 'help' && <HelpDialog inside={inside} onClose={() => setDialog(undefined)} />}
      {dialog === 'settings' && <SettingsDialog call={call} onClose={() => setDialog(undefined)} />}
    </>
  );
}
