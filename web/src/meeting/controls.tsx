import { useText } from '../lib/i18n';
import { IconButton } from '../ui/button';
import { cx } from '../ui/cx';
import { toast } from '../ui/feedback';
import { Icon } from '../ui/icon';
import {
  ellipsisIcon,
  handIcon,
  micIcon,
  micOffIcon,
  phoneOffIcon,
  screenShareIcon,
  videoIcon,
  videoOffIcon,
} from '../ui/icons';
import { Menu, MenuItem } from '../ui/popover';
import type { Inside, InsideProps } from './inside';
import { useKeys } from './keys';
import { type Panel, panelsFor } from './panels';
import { ReactionMenu } from './reaction-menu';
import type { Reactions } from './reactions';
import { meetingTexts } from './texts';

const none = () => 0;

function PanelButton({ panel, inside }: { panel: Panel; inside: Inside }) {
  const texts = useText(meetingTexts);
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

function PanelItem({ panel, inside, close }: { panel: Panel; inside: Inside; close: () => void }) {
  const { name } = useText(panel.words);
  return (
    <MenuItem
      icon={<Icon d={panel.icon} />}
      onClick={() => {
        close();
        inside.show(panel.id);
      }}
    >
      {name}
    </MenuItem>
  );
}

/** What one does to oneself, also by single letters. */
function useOwnActs(inside: Inside) {
  const texts = useText(meetingTexts);
  const { call, state, self } = inside;
  const attempt = (act: Promise<void>) => void act.catch(() => toast(texts.noDevice, { tone: 'danger' }));
  const acts = {
    microphone: () => attempt(call.setMicrophone(!state.microphone)),
    camera: () => attempt(call.setCamera(!state.camera)),
    hand: () => attempt(call.setHand(!self?.hand)),
    share: () => attempt(call.setSharing(!state.sharing)),
  };
  const letters = panelsFor(inside).flatMap(({ id, letter }) =>
    letter ? [[letter, () => inside.show(inside.panel === id ? undefined : id)] as const] : [],
  );
  useKeys({ m: acts.microphone, v: acts.camera, h: acts.hand, ...Object.fromEntries(letters) });
  return acts;
}

export function Controls({ inside, reactions }: InsideProps & { reactions: Reactions }) {
  const texts = useText(meetingTexts);
  const { call, state, self } = inside;
  const acts = useOwnActs(inside);
  const offered = panelsFor(inside);
  const more = offered.filter((panel) => panel.place === 'more');
  return (
    <div class="visio-controls" role="toolbar" aria-label={texts.controls}>
      <IconButton
        round
        label={state.microphone ? texts.muteMe : texts.unmuteMe}
        icon={state.microphone ? micIcon : micOffIcon}
        class={cx(!state.microphone && 'visio-off')}
        onClick={acts.microphone}
      />
      <IconButton
        round
        label={state.camera ? texts.stopCamera : texts.startCamera}
        icon={state.camera ? videoIcon : videoOffIcon}
        onClick={acts.camera}
      />
      <IconButton
        round
        label={state.sharing ? texts.stopShare : texts.share}
        icon={screenShareIcon}
        aria-pressed={state.sharing}
        onClick={acts.share}
      />
      <IconButton
        round
        label={self?.hand ? texts.lower : texts.raise}
        icon={handIcon}
        aria-pressed={Boolean(self?.hand)}
        onClick={acts.hand}
      />
      <ReactionMenu onReaction={(reaction) => void reactions.send(reaction)} />
      {offered
        .filter((panel) => panel.place === 'bar')
        .map((panel) => (
          <PanelButton key={panel.id} panel={panel} inside={inside} />
        ))}
      {more.length > 0 && (
        <Menu
          label={texts.more}
          trigger={(props) => <IconButton {...props} round label={texts.more} icon={ellipsisIcon} />}
        >
          {(close) =>
            more.map((panel) => <PanelItem key={panel.id} panel={panel} inside={inside} close={close} />)
          }
        </Menu>
      )}
      <IconButton
        round
        label={texts.leave}
        icon={phoneOffIcon}
        class="visio-leave"
        onClick={() => void call.leave()}
      />
    </div>
  );
}
