import type { ComponentType } from 'preact';
import type { Space } from '../../lib/api/schema';
import { lazyView } from '../../lib/lazy-view';
import { discussionSlot, documentsSlot, meetingsSlot } from '../../lib/slots';
import {
  fileTextIcon,
  folderIcon,
  layoutGridIcon,
  messagesSquareIcon,
  settingsIcon,
  usersRoundIcon,
  videoIcon,
} from '../../ui/icons';
import { Overview } from './overview';
import type { spaceTexts } from './i18n';

export interface SpaceTabProps {
  space: Space;
}

export interface SpaceTab {
  /** In the address; the first tab has none. */
  path: string | undefined;
  label: keyof Pick<
    typeof spaceTexts.fr,
    'overview' | 'discussion' | 'meetings' | 'documents' | 'files' | 'members' | 'settings'
  >;
  icon: string;
  shown: (space: Space) => boolean;
  View: ComponentType<SpaceTabProps>;
}

const may = (action: string) => (space: Space) => space.may.includes(action);

/** The tabs of a space: those whose tool exists and that the person may open. */
export const spaceTabs: readonly SpaceTab[] = [
  { path: undefined, label: 'overview', icon: layoutGridIcon, shown: () => true, View: Overview },
  {
    path: 'discussion',
    label: 'discussion',
    icon: messagesSquareIcon,
    shown: may('message_read'),
    View: lazyView<SpaceTabProps>(discussionSlot),
  },
  {
    path: 'visio',
    label: 'meetings',
    icon: videoIcon,
    shown: may('meeting_join'),
    View: lazyView<SpaceTabProps>(meetingsSlot),
  },
  {
    path: 'documents',
    label: 'documents',
    icon: fileTextIcon,
    shown: may('document_read'),
    View: lazyView<SpaceTabProps>(documentsSlot),
  },
  {
    path: 'fichiers',
    label: 'files',
    icon: folderIcon,
    shown: may('file_list'),
    View: lazyView<SpaceTabProps>(() => import('./files/files-tab').then((module) => module.FilesTab)),
  },
  {
    path: 'membres',
    label: 'members',
    icon: usersRoundIcon,
    shown: may('member_list'),
    View: lazyView<SpaceTabProps>(() => import('./members/members-tab').then((module) => module.MembersTab)),
  },
  {
    path: 'parametres',
    label: 'settings',
    icon: settingsIcon,
    shown: (space) =>
      ['space_update', 'space_archive', 'space_duplicate', 'space_hand_over', 'access_explain'].some(
        (action) => space.may.includes(action),
      ),
    View: lazyView<SpaceTabProps>(() =>
      import('./settings/settings-tab').then((module) => module.SettingsTab),
    ),
  },
];
