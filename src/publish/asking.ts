/**
 * Asking the person what to publish: the dialog, the second question where the
 * money is real, and looking at a finding without losing what was typed.
 */
import type { ITranslator } from '@jupyterlab/translation';

import type { IContent } from '../content';
import type { IAssetDraft, IWallet } from '../tokens';
import { displayAmount } from '../ui/amount';
import { confirmMainnet } from '../ui/confirmMainnet';
import { askToPublish } from './dialog';
import { DialogModel, type IDialogDeps } from './dialogModel';
import type { IFormData } from './form';

export interface IAskingHost {
  wallet: Pick<IWallet, 'network'>;
  translator: ITranslator;
  /** Show a file, or a cell of a notebook (counted from 0). */
  reveal: (path: string, cell?: number) => Promise<void>;
}

export interface IAgreed {
  draft: IAssetDraft;
  /** Contents paths on the drive to move to the workspace when all is done. */
  takeOffDrive: string[];
}

export class Asking {
  constructor(private _host: IAskingHost) {}

  /** Null when the person said no, or went to look at something that was found. */
  async ask(
    deps: IDialogDeps,
    contents: readonly IContent[],
    known: { title: string; draft?: Partial<IAssetDraft> },
    chosen?: readonly string[]
  ): Promise<IAgreed | null> {
    const key = keyOf(contents);
    const model = new DialogModel(deps, contents, {
      ...known,
      form: this._kept.get(key)
    });
    try {
      while (await askToPublish(model, this._host.translator)) {
        if (!(await this._isMeant(model))) {
          // Back to the dialog, as it was.
          continue;
        }
        this._kept.delete(key);
        model.remember();
        return {
          draft: model.draft,
          takeOffDrive:
            model.takeOffDrive && model.seals ? onDrive(model, chosen) : []
        };
      }
      const { jump } = model.guard;
      this._kept.delete(key);
      if (jump) {
        this._kept.set(key, model.form);
        await this._host.reveal(model.pathOf(jump) ?? jump.file, jump.cell);
      }
      return null;
    } finally {
      model.dispose();
    }
  }

  private async _isMeant(model: DialogModel): Promise<boolean> {
    const { translator, wallet } = this._host;
    const network = wallet.network(model.form.chainId);
    const { cost } = model;
    if (!network) {
      return false;
    }
    return confirmMainnet(
      network,
      {
        kind: 'publish',
        name: model.draft.name,
        ...(cost && 'total' in cost
          ? {
              gas: `${displayAmount(cost.total, network.currency.decimals, { places: 6 })} ${network.currency.symbol}`
            }
          : {})
      },
      translator.load('jupyterlab_web3')
    );
  }

  /** What was typed when the person went to look at a finding, by content. */
  private _kept = new Map<string, IFormData>();
}

function keyOf(contents: readonly IContent[]): string {
  return JSON.stringify(
    contents.map(({ name, source }) => [name, source?.path, source?.cell])
  );
}

/** What was chosen on the drive: a folder as one, so that it stays whole. */
function onDrive(model: DialogModel, chosen: readonly string[] = []): string[] {
  const files = model.inTheClear.flatMap(({ source }) =>
    source?.path ? [source.path] : []
  );
  const wholes = chosen.filter(path =>
    files.some(file => `${file}/`.startsWith(`${path}/`))
  );
  const isIn = (file: string): boolean =>
    wholes.some(path => `${file}/`.startsWith(`${path}/`));
  return [...wholes, ...files.filter(file => !isIn(file))];
}
