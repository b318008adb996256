/** A small menu at a button, with Lumino's keyboard handling. */
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

export interface IMenuItem {
  label: string;
  onClick: () => void;
}

/** Opens a menu below `anchor`; it disposes of itself when it closes. */
export function openMenu(anchor: HTMLElement, items: readonly IMenuItem[]): void {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  items.forEach((item, index) => {
    const command = `item-${index}`;
    commands.addCommand(command, { label: item.label, execute: item.onClick });
    menu.addItem({ command });
  });
  menu.aboutToClose.connect(() => {
    // The command runs after the menu has closed.
    window.setTimeout(() => menu.dispose(), 0);
    anchor.focus();
  });
  const { left, bottom } = anchor.getBoundingClientRect();
  menu.open(left, bottom + 2);
}
