/* Draws with the graphics card where there is a real one; the DOM renderer stays where there is none. */

/** Loads the add-on; when the card gives up, the DOM renderer takes over. */
export async function create({ given, screen }) {
  const { WebglAddon } = await import(given.webgl);
  const addon = new WebglAddon();
  addon.onContextLoss(() => addon.dispose());
  screen.term.loadAddon(addon);
  return addon;
}
