import { Component, type ComponentChildren } from 'preact';
import { textNow } from '../lib/i18n';
import { Button } from '../ui/button';
import { appTexts } from './i18n';

interface State {
  code: string | undefined;
}

/** A page that fails leaves the shell standing, says so, and can be tried again. */
export class ErrorBoundary extends Component<{ children: ComponentChildren }, State> {
  override state: State = { code: undefined };

  override componentDidCatch(error: unknown): void {
    const code = `${Date.now().toString(36)}-${error instanceof Error ? error.name : 'error'}`;
    console.error(code, error);
    this.setState({ code });
  }

  render() {
    const { code } = this.state;
    if (code === undefined) return this.props.children;
    const texts = textNow(appTexts);
    return (
      <div class="page page-narrow stack" role="alert">
        <h1 tabIndex={-1}>{texts.paneBroken}</h1>
        <p>{texts.paneBrokenDetail}</p>
        <p>
          <code>{code}</code>
        </p>
        <div class="row">
          <Button variant="primary" onClick={() => this.setState({ code: undefined })}>
            {texts.retry}
          </Button>
          <Button onClick={() => void navigator.clipboard.writeText(code)}>{texts.copyCode}</Button>
        </div>
      </div>
    );
  }
}
