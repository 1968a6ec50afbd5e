/** The market's sidebar: what can be found, what was bought, what is one's own. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IWallet } from '../tokens';
import { DiscoverTab } from './discoverTab';
import { MineTab } from './mineTab';
import { PurchasesTab } from './purchasesTab';
import type { PurchaseRecords } from './records';
import type { MarketRoom } from './room';
import {
  SIDEBAR_TABS,
  type SidebarModel,
  type SidebarTab
} from './sidebarModel';
import '../../style/market.css';

export interface ISidebarOptions {
  model: SidebarModel;
  room: MarketRoom;
  wallet: IWallet;
  records: PurchaseRecords;
  trans: TranslationBundle;
  open: (did: string) => void;
}

const PANELS: Record<
  SidebarTab,
  (props: ISidebarOptions) => React.JSX.Element
> = { discover: DiscoverTab, purchases: PurchasesTab, mine: MineTab };

function Tabs(props: ISidebarOptions): React.JSX.Element {
  const { model, trans } = props;
  const id = React.useId();
  const labels: Record<SidebarTab, string> = {
    discover: trans.__('Discover'),
    purchases: trans.__('Purchases'),
    mine: trans.__('My assets')
  };
  /** As tab lists are operated: arrows, Home and End (WAI-ARIA APG, tabs). */
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const at = SIDEBAR_TABS.indexOf(model.tab);
    const to = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: -1
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const tab = SIDEBAR_TABS.at(to % SIDEBAR_TABS.length) ?? 'discover';
      model.show(tab);
      document.getElementById(`${id}-${tab}`)?.focus();
    }
  };
  const Panel = PANELS[model.tab];
  return (
    <>
      <div
        role="tablist"
        aria-label={trans.__('Ocean Market')}
        className="jp-web3-market-tabs"
        onKeyDown={onKeyDown}
      >
        {SIDEBAR_TABS.map(tab => (
          <button
            key={tab}
            id={`${id}-${tab}`}
            type="button"
            role="tab"
            aria-selected={tab === model.tab}
            aria-controls={`${id}-panel`}
            tabIndex={tab === model.tab ? 0 : -1}
            onClick={() => model.show(tab)}
          >
            {labels[tab]}
          </button>
        ))}
      </div>
      <div
        id={`${id}-panel`}
        role="tabpanel"
        aria-labelledby={`${id}-${model.tab}`}
        className="jp-web3-market-panel"
      >
        <Panel {...props} />
      </div>
    </>
  );
}

export class MarketSidebar extends ReactWidget {
  constructor(private _options: ISidebarOptions) {
    super();
    this.addClass('jp-web3-market');
  }

  protected render(): React.JSX.Element {
    const { model } = this._options;
    return (
      <UseSignal signal={model.changed}>
        {() => <Tabs {...this._options} />}
      </UseSignal>
    );
  }
}
