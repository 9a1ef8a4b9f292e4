import { useMutation } from '@tanstack/react-query';
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
  const mutation = useMutation<T, Error, I>({
    mutationFn: act,
    onSuccess: async (result) => {
      if (options.done) toast(typeof options.done === 'string' ? options.done : options.done(result));
      await options.onDone?.(result);
    },
    onError: (error) => {
      if (!options.quiet) toast(sentenceOf(error), { tone: 'danger' });
    },
  });
  const error = mutation.error;
  return {
    run: (input: I) => mutation.mutate(input),
    busy: mutation.isPending,
    reset: mutation.reset,
    problem: error ? sentenceOf(error) : undefined,
    /** The sentence when the refusal concerns this field. */
    fieldError: (field: string) =>
      error instanceof ApiError && error.field === field ? error.message : undefined,
    /** The sentence when it concerns none of the fields shown. */
    formError: (...fields: string[]) =>
      error && !(error instanceof ApiError && error.field && fields.includes(error.field))
        ? sentenceOf(error)
        : undefined,
  };
}
