// Preloaded into render children: a real driver, except for the fault that FIDSWEEP_FAULT describes (faults.test.ts).
const { existsSync, writeFileSync } = require('node:fs');
const Module = require('node:module');

const { renderer, call, source, error, result, once, sleep } = JSON.parse(process.env.FIDSWEEP_FAULT ?? '{}');

function spoil(gl) {
  const marked = new WeakSet();
  let current;
  let pending = 0;
  /** Replaces a method; `change` is given the method as it was, bound. */
  const around = (name, change) => {
    const original = gl[name].bind(gl);
    gl[name] = (...given) => change(original, ...given);
  };
  const strikes = () => {
    if (source && !marked.has(current)) return false;
    if (!once) return true;
    if (existsSync(once)) return false;
    writeFileSync(once, '');
    return true;
  };
  around('getParameter', (get, name) => (renderer && name === '7937' ? renderer : get(name)));
  around('shaderSource', (set, shader, text) => {
    set(shader, text);
    current = shader;
    if (source && text.includes(source)) marked.add(shader);
  });
  around('attachShader', (attach, program, shader) => {
    attach(program, shader);
    if (marked.has(shader)) marked.add(program);
  });
  around('useProgram', (use, program) => {
    use(program);
    current = program;
  });
  around('getError', (get) => {
    const code = pending || get();
    pending = 0;
    return code;
  });
  if (call) {
    around(call, (original, ...given) => {
      const usual = original(...given);
      if (!strikes()) return usual;
      if (sleep) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, sleep);
      // Set last: headless-gl asks for errors itself.
      pending = error ?? 0;
      return result ?? usual;
    });
  }
  return gl;
}

const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  return request === 'gl' ? (...given) => spoil(loaded(...given)) : loaded;
};
