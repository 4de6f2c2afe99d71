// Faults in the layout of a page: texts that overlap, short words that are broken, and elements that are wider than the screen.
() => {
  const TOLERANCE = 2;
  const SHORT_WORD = /^\S{2,10}$/;
  const faults = [];

  // Without the parts that a scrolling element does not show.
  const shown = (node, box) => {
    let { left, top, right, bottom } = box;
    for (let element = node.parentElement; element; element = element.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(element);
      if (element !== document.documentElement && (overflowX !== "visible" || overflowY !== "visible")) {
        const frame = element.getBoundingClientRect();
        left = Math.max(left, frame.left);
        top = Math.max(top, frame.top);
        right = Math.min(right, frame.right);
        bottom = Math.min(bottom, frame.bottom);
      }
    }
    return { left, top, right, bottom };
  };

  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.data.trim() !== "" && !node.parentElement.closest(".hidden, noscript, [hidden]") && node.parentElement.checkVisibility()) {
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = new Set(Array.from(range.getClientRects(), ({ top }) => top));
      if (SHORT_WORD.test(node.data.trim()) && lines.size > 1) {
        faults.push(`"${node.data.trim()}" is broken`);
      }
      for (const box of range.getClientRects()) {
        texts.push({ node, ...shown(node, box) });
      }
    }
  }
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (one.node !== other.node && width > TOLERANCE && height > TOLERANCE) {
        faults.push(`"${one.node.data.trim()}" overlaps "${other.node.data.trim()}"`);
      }
    }
  }

  const screen = document.documentElement.clientWidth;
  for (const element of document.querySelectorAll("body *:not(.hidden)")) {
    if (!element.checkVisibility()) {
      continue; // in a closed <details>
    }
    const box = shown(element, element.getBoundingClientRect());
    if (box.right > screen + TOLERANCE || box.left < -TOLERANCE) {
      faults.push(`wider than the screen: ${element.outerHTML.slice(0, 80)}`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) {
    faults.push("the page scrolls sideways");
  }
  return faults;
}
