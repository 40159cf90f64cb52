import type { GL } from './context.js';

/** The base images of a block: a texture array, one layer an image, RGBA8, row 0 at the bottom as GL draws. */
export class TexturePool {
  readonly texture: WebGLTexture;
  readonly resolution: number;
  readonly layers: number;
  readonly #gl: GL;
  readonly #target: WebGLFramebuffer;

  constructor(gl: GL, resolution: number, layers: number) {
    this.#gl = gl;
    this.resolution = resolution;
    this.layers = layers;
    this.texture = gl.createTexture()!;
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8, resolution, resolution, layers);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    this.#target = gl.createFramebuffer()!;
  }

  /** Makes a layer the render target. */
  bindLayer(layer: number): void {
    const gl = this.#gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#target);
    gl.framebufferTextureLayer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, this.texture, 0, layer);
    gl.viewport(0, 0, this.resolution, this.resolution);
  }

  /** Fills a layer from RGB bytes, rows from the top. */
  upload(layer: number, pixels: Uint8Array): void {
    const gl = this.#gl;
    const side = this.resolution;
    if (pixels.length !== side * side * 3)
      throw new Error(`upload: ${pixels.length} bytes for a ${side}×${side} picture`);
    const rgba = new Uint8Array(side * side * 4).fill(255);
    for (let row = 0; row < side; row++) {
      let from = row * side * 3;
      let to = (side - 1 - row) * side * 4;
      for (let x = 0; x < side; x++, from += 3, to += 4) {
        rgba[to] = pixels[from]!;
        rgba[to + 1] = pixels[from + 1]!;
        rgba[to + 2] = pixels[from + 2]!;
      }
    }
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, layer, side, side, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
  }

  /** Layers 0 … count − 1: RGBA bytes, count × side × side × 4, rows from the top. */
  read(count: number): Uint8Array {
    const gl = this.#gl;
    const row = this.resolution * 4;
    const bytes = row * this.resolution;
    const pixels = new Uint8Array(count * bytes);
    // headless-gl does not check this buffer's length: it is exactly one layer's.
    const layer = new Uint8Array(bytes);
    for (let i = 0; i < count; i++) {
      this.bindLayer(i);
      gl.readPixels(0, 0, this.resolution, this.resolution, gl.RGBA, gl.UNSIGNED_BYTE, layer);
      for (let y = 0; y < this.resolution; y++)
        pixels.set(layer.subarray((this.resolution - 1 - y) * row, (this.resolution - y) * row), i * bytes + y * row);
    }
    return pixels;
  }
}
