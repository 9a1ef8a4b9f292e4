import { useState } from 'preact/hooks';
import { toast } from '../ui/feedback';
import { ApiError, sentenceOf } from './api/client';

interface ActionOptions<T> {
  /** Said in a toast once done. */
  done?: string | ((result: T) => string);
  onDone?: (result: T) => void | Promise<void>;
  /** The form shows the error itself. */
  quiet?: boolean;
}

/** One act on the server: under way, refused with a sentence, or done and said so. */
export function useAction<I, T>(act: (input: I) => Promise<T>, options: ActionOptions<T> = {}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const perform = async (input: I) => {
    setBusy(true);
    setError(undefined);
    try {
      const result = await act(input);
      if (options.done) toast(typeof options.done === 'string' ? options.done : options.done(result));
      await options.onDone?.(result);
    } catch (thrown) {
      setError(thrown);
      if (!options.quiet) toast(sentenceOf(thrown), { tone: 'danger' });
    } finally {
      setBusy(false);
    }
  };
  return {
    run: (input: I) => void perform(input),
    busy,
    reset: () => setError(undefined),
    problem: error === undefined ? undefined : sentenceOf(error),
    /** The sentence when the refusal concerns this field. */
    fieldError: (field: string) =>
      error instanceof ApiError && error.field === field ? error.message : undefined,
    /** The sentence when it concerns none of the fields shown. */
    formError: (...fields: string[]) =>
      error !== undefined && !(error instanceof ApiError && error.field && fields.includes(error.field))
        ? sentenceOf(error)
        : undefined,
  };
}
