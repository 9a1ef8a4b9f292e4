import { store } from '../lib/store';
import type { LineFigures } from './diagnosis';

/** The last figures of the line; read by the one who measures, every few seconds. */
export const lineFigures = store<LineFigures | undefined>(undefined);
