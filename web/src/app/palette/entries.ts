import type { Me, SearchResult, SpaceBrief } from '../../lib/api/schema';
import { language, setLanguage, type Texts } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { setTheme } from '../../lib/theme';
import {
  fileIcon,
  languagesIcon,
  logOutIcon,
  mapIcon,
  messagesSquareIcon,
  plusIcon,
  settingsIcon,
  sunIcon,
  userIcon,
  usersRoundIcon,
} from '../../ui/icons';
import type { appTexts } from '../i18n';
import { signOut } from '../shell/sign-out';
import { toolsFor } from '../shell/tools';

type T = Texts<typeof appTexts.fr>;

export interface Entry {
  id: string;
  title: string;
  detail?: string;
  icon?: string;
  space?: SpaceBrief;
  href?: string;
  run?: () => void;
  keys?: readonly string[];
}

export interface Group {
  title: string;
  entries: Entry[];
}

export function pageEntries(me: Me, texts: T): Entry[] {
  return [
    ...toolsFor(me).map((tool) => ({
      id: tool.id,
      title: tool.label(texts),
      icon: tool.icon,
      href: tool.href,
    })),
    { id: 'settings', title: texts.settings, icon: settingsIcon, href: '/parametres' },
    { id: 'site_map', title: texts.siteMap, icon: mapIcon, href: '/plan' },
  ];
}

export function actionEntries(me: Me, texts: T): Entry[] {
  const entries: Entry[] = [];
  if (me.may.includes('community_create')) {
    entries.push({
      id: 'new-c',
      title: texts.createCommunity,
      icon: plusIcon,
      href: '/c/nouvelle',
      keys: ['C', 'C'],
    });
  } else if (me.may.includes('community_request')) {
    entries.push({
      id: 'new-c',
      title: texts.requestCommunity,
      icon: plusIcon,
      href: '/c/nouvelle',
      keys: ['C', 'C'],
    });
  }
  if (me.may.includes('project_create')) {
    entries.push({
      id: 'new-p',
      title: texts.createProject,
      icon: plusIcon,
      href: '/p/nouveau',
      keys: ['C', 'P'],
    });
  }
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  entries.push(
    {
      id: 'theme',
      title: texts.switchTheme,
      icon: sunIcon,
      run: () => {
        const now = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
        setTheme(now === 'dark' ? 'light' : 'dark');
      },
    },
    {
      id: 'language',
      title: texts.switchLanguage,
      icon: languagesIcon,
      run: () => setLanguage(language.get() === 'fr' ? 'en' : 'fr'),
    },
    { id: 'sign-out', title: texts.signOut, icon: logOutIcon, run: () => void signOut() },
  );
  return entries;
}

export const spaceEntry = (space: SpaceBrief, texts: T): Entry => ({
  id: `space-${space.id}`,
  title: space.name,
  detail: space.kind === 'community' ? texts.community : texts.project,
  space,
  href: spacePath(space),
});

const resultIcons: Record<SearchResult['kind'], string> = {
  space: usersRoundIcon,
  person: userIcon,
  message: messagesSquareIcon,
  file: fileIcon,
  document: fileIcon,
};

const shownPerKind = 3;

/** The server's results, by kind, at most three of each. */
export function resultGroups(results: SearchResult[], known: Set<string>, texts: T): Group[] {
  const titles: [SearchResult['kind'], string][] = [
    ['space', texts.spacesFound],
    ['person', texts.peopleFound],
    ['message', texts.messagesFound],
    ['file', texts.filesFound],
    ['document', texts.documentsFound],
  ];
  return titles
    .map(([kind, title]) => ({
      title,
      entries: results
        .filter((result) => result.kind === kind && !known.has(`${kind}-${result.id}`))
        .slice(0, shownPerKind)
        .map((result): Entry => {
          const detail = result.excerpt ?? result.space?.name;
          return {
            id: `${kind}-${result.id}`,
            title: result.title,
            ...(detail && { detail }),
            icon: resultIcons[kind],
            href: result.link,
          };
        }),
    }))
    .filter((group) => group.entries.length > 0);
}
