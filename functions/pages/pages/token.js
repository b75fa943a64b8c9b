// The token that a page is opened with.

/** Takes the token from the address, which forgets it at once, and hands it over; again where another one comes.
 * @param {(token: string) => void} then gets an empty text where there is none
 */
export function takeToken(then) {
  const taken = () => {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token !== null) history.replaceState(history.state, "", location.pathname + location.search);
    return token;
  };
  addEventListener("hashchange", () => {
    const token = taken();
    if (token) then(token);
  });
  then(taken() ?? "");
}
