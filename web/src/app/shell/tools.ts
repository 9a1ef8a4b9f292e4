import type { Me } from '../../lib/api/schema';
import type { Texts } from '../../lib/i18n';
import {
  houseIcon,
  leafIcon,
  messagesSquareIcon,
  shieldIcon,
  squareKanbanIcon,
  usersRoundIcon,
} from '../../ui/icons';
import type { appTexts } from '../i18n';

type AppTexts = typeof appTexts.fr;

export interface Tool {
  id: 'home' | 'messages' | 'communities' | 'projects' | 'sobriety' | 'administration';
  href: string;
  icon: string;
  label: (texts: Texts<AppTexts>) => string;
  /** Tools of one gesture stand together. */
  group: 1 | 2 | 3;
}

const all: readonly Tool[] = [
  { id: 'home', href: '/', icon: houseIcon, label: (t) => t.home, group: 1 },
  { id: 'messages', href: '/messages', icon: messagesSquareIcon, label: (t) => t.messages, group: 1 },
  { id: 'communities', href: '/c', icon: usersRoundIcon, label: (t) => t.communities, group: 2 },
  { id: 'projects', href: '/p', icon: squareKanbanIcon, label: (t) => t.projects, group: 2 },
  {
    id: 'administration',
    href: '/administration',
    icon: shieldIcon,
    label: (t) => t.administration,
    group: 3,
  },
  { id: 'sobriety', href: '/sobriete', icon: leafIcon, label: (t) => t.sobriety, group: 3 },
];

export const mayAdminister = (me: Me): boolean => me.instance_role !== 'none';

export function toolsFor(me: Me): readonly Tool[] {
  return all.filter((tool) => tool.id !== 'administration' || mayAdminister(me));
}

export function isCurrent(tool: Tool, location: string): boolean {
  if (tool.href === '/') return location === '/';
  return location === tool.href || location.startsWith(`${tool.href}/`);
}
