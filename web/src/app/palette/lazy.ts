import type { Me } from '../../lib/api/schema';
import { lazyView } from '../../lib/lazy-view';

export interface PaletteProps {
  me: Me;
  onClose: () => void;
}

export const LazyPalette = lazyView<PaletteProps>(() => import('./palette').then((module) => module.Palette));
