/** Colours that PIL's `convert('RGB')` makes by plain arithmetic, where libvips would manage colour. */

/** uint8 CMYK (0 = no ink), as stored → RGB: `k′ − c·k′/255`, k′ = 255 − k, rounded as PIL's MULDIV255 does. */
export function rgbOfCmyk(cmyk: Uint8Array): Uint8Array {
  const pixels = cmyk.length / 4;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    const light = 255 - cmyk[4 * i + 3]!;
    for (let c = 0; c < 3; c++) {
      const product = cmyk[4 * i + c]! * light + 128;
      rgb[3 * i + c] = light - (((product >> 8) + product) >> 8);
    }
  }
  return rgb;
}

/** Grey values → RGB; those of 16 bits are clipped at 255, not scaled: PIL's I;16 to RGB. */
export function rgbOfGrey(grey: Uint8Array | Uint16Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(Math.min(grey[i]!, 255), 3 * i, 3 * i + 3);
  return rgb;
}

/** Whether entry i of a palette is the grey i: PIL takes it for no palette. */
export const isRamp = (palette: Uint8Array): boolean => palette.every((value, i) => value === Math.floor(i / 3));

/**
 * Indices → RGB.
 *
 * @param palette RGB triples. Indices beyond it are black; where it is none, or a ramp, every index is its own grey.
 */
export function rgbOfIndices(indices: Uint8Array, palette: Uint8Array): Uint8Array {
  const entries = new Uint8Array(256 * 3);
  if (isRamp(palette)) {
    for (let i = 0; i < entries.length; i++) entries[i] = Math.floor(i / 3);
  } else entries.set(palette.subarray(0, entries.length));
  const rgb = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const entry = 3 * indices[i]!;
    rgb[3 * i] = entries[entry]!;
    rgb[3 * i + 1] = entries[entry + 1]!;
    rgb[3 * i + 2] = entries[entry + 2]!;
  }
  return rgb;
}
