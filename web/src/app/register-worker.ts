const workerPath = '/sw.js';

/** The page requires trusted script addresses: this policy knows exactly one. */
function trusted(path: string): string | TrustedScriptURLLike {
  const factory = (globalThis as { trustedTypes?: TrustedTypesLike }).trustedTypes;
  if (!factory) return path;
  return factory
    .createPolicy('parvis', {
      createScriptURL(url) {
        if (url === workerPath) return url;
        throw new TypeError(`Refused script address: ${url}`);
      },
    })
    .createScriptURL(path);
}

interface TrustedScriptURLLike {
  toString(): string;
}
interface TrustedTypesLike {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL: (url: string) => TrustedScriptURLLike };
}

export function registerWorker(): void {
  if (!('serviceWorker' in navigator) || !isSecureContext) return;
  void navigator.serviceWorker
    .register(trusted(workerPath) as string, { scope: '/' })
    .catch((error: unknown) => {
      console.warn('No service worker:', error);
    });
}
