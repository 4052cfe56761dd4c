// Works out the proof that the form asks for, in pieces of some milliseconds, so that the
// page stays quick. It begins when somebody comes to the form, and knows nothing of what
// is typed. Without it the form works all the same.
(() => {
  "use strict";
  const form = document.querySelector("form[data-challenge]");
  if (!form) return;
  const challenge = form.dataset.challenge, puzzles = Number(form.dataset.puzzles), zeros = Number(form.dataset.bits);

  // SHA-256 of one block: what is hashed here is shorter than 56 bytes.
  const K = new Uint32Array(64), H = new Uint32Array(8), W = new Uint32Array(64);
  for (let n = 2, found = 0; found < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
    if (!prime) continue;
    const cube = Math.cbrt(n), root = Math.sqrt(n);
    K[found] = (cube - Math.floor(cube)) * 4294967296;
    if (found < 8) H[found] = (root - Math.floor(root)) * 4294967296;
    found++;
  }
  const first = (text) => {
    W.fill(0, 0, 16);
    const n = text.length;
    for (let i = 0; i < n; i++) W[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
    W[n >> 2] |= 0x80 << (24 - 8 * (n & 3));
    W[15] = 8 * n;
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = W[i - 16] + W[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
    }
    let a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
    for (let i = 0; i < 64; i++) {
      const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
      const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
      h = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
    }
    return H[0] + a >>> 0;
  };

  const found = [];
  let n = 0, started = false, waiting = null;
  const work = () => {
    const until = performance.now() + 12;
    while (performance.now() < until) {
      for (let i = 0; i < 200 && found.length < puzzles; i++, n++) {
        if (first(challenge + ":" + found.length + ":" + n) >>> (32 - zeros) === 0) { found.push(n); n = -1; }
      }
      if (found.length === puzzles) {
        form.elements.proof.value = challenge + ":" + found.join(",");
        if (waiting) form.requestSubmit(waiting);
        return;
      }
    }
    setTimeout(work, 0);
  };
  const start = () => { if (!started) { started = true; work(); } };
  form.addEventListener("focusin", start);
  form.addEventListener("pointerdown", start);
  form.addEventListener("submit", (e) => {
    const sends = e.submitter && e.submitter.value === "send";
    if (!sends || form.elements.proof.value) return;
    e.preventDefault();
    if (waiting) return;
    waiting = e.submitter;
    const says = form.querySelector("[data-working]");
    if (says) says.hidden = false;
    start();
  });
})();
