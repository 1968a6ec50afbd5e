import type { Message } from '@lumino/messaging';
import { Panel, type Widget } from '@lumino/widgets';

/**
 * A place in the sidebar whose content is loaded when it is first looked at, so
 * that a start of Lab does not pay for it.
 */
export class SidePanel extends Panel {
  constructor(private _load: () => Promise<Widget>) {
    super();
    this.addClass('jp-web3-sidePanel');
  }

  protected onBeforeShow(msg: Message): void {
    super.onBeforeShow(msg);
    this._fill();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      this._fill();
    }
  }

  private _fill(): void {
    this._content ??= this._load().then(
      content => {
        if (this.isDisposed) {
          content.dispose();
        } else {
          this.addWidget(content);
        }
      },
      reason => {
        // The server may be gone for a moment: the next look tries again.
        this._content = null;
        console.error('The panel could not be loaded', reason);
      }
    );
  }

  private _content: Promise<void> | null = null;
}
