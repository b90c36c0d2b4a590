"""What would fewer digits in the convolutions do to loss and gradient?

Rounds what every convolution reads, pictures and filters, to the digits of TF32 (10 bits) or
bfloat16 (7 bits) and sums in float32, as tensor cores do; Gram matrices and loss stay in float32.
Needs no GPU. The pictures: noise, where every job begins, and the recipe's own results after 600
evaluations, which is where digits are needed. Then a whole job, PyTorch's own L-BFGS from noise on
the exemplar's middle, with each; where it ends is judged in float32.

    python benchmarks/precision.py [--names rust pebbles] [--evaluations 200]
"""

from __future__ import annotations

import argparse

import torch
from plain import TEXTURE, Loss, Plain, load, network
from recipe import EXEMPLARS, exemplar_of, record_of

from maya_stylize.convert.network import Network

BITS = {"TF32": 10, "bfloat16": 7}
MANTISSA = 23
SIZE, MIDDLE = 256, slice(64, 192)


def rounded(x: torch.Tensor, bits: int) -> torch.Tensor:
    """Return float32 with the nearest value of so many bits behind the point."""
    drop = MANTISSA - bits
    whole = (
        x.contiguous(memory_format=torch.channels_last).view(torch.int32)
        if x.dim() == 4
        else x.view(torch.int32)
    )
    half = (1 << (drop - 1)) - 1 + ((whole >> drop) & 1)  # to even
    return ((whole + half) & ~((1 << drop) - 1)).view(torch.float32)


class RoundedPlain(Plain):
    """The network with rounded convolutions."""

    def __init__(self, network: Network, bits: int) -> None:
        super().__init__(network)
        self._bits = bits
        self._layers = [
            (name, kernel and (rounded(kernel[0], bits), kernel[1]))
            for name, kernel in self._layers
        ]

    def convolve(self, features: torch.Tensor, *kernel: torch.Tensor) -> torch.Tensor:
        """Convolve what is rounded first."""
        # The gradient passes a rounding by; it is rounded itself before a convolution reads it.
        near = features + (rounded(features, self._bits) - features).detach()
        found = super().convolve(near, *kernel)
        if found.requires_grad:
            found.register_hook(lambda slope: rounded(slope, self._bits))
        return found


def evaluated(loss: Loss, picture: torch.Tensor) -> tuple[float, torch.Tensor]:
    """Return loss and gradient."""
    picture = picture.detach().requires_grad_(True)
    value = loss(picture)
    return value.item(), torch.autograd.grad(value, picture)[0]


def minimized(loss: Loss, example: torch.Tensor, evaluations: int) -> torch.Tensor:
    """Return where L-BFGS ends from noise."""
    flat = 50 * torch.randn(example.numel(), generator=torch.manual_seed(0))
    flat.requires_grad_(True)
    optimizer = torch.optim.LBFGS(
        [flat],
        max_iter=evaluations,
        max_eval=evaluations,
        tolerance_grad=0,
        tolerance_change=0,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(flat.view(example.shape))
        value.backward()
        return value

    optimizer.step(closure)
    return flat.detach().view(example.shape)


def main() -> None:
    """Print how far loss and gradient are off."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--names", nargs="+", default=EXEMPLARS)
    parser.add_argument("--evaluations", type=int, default=200)
    arguments = parser.parse_args()
    net = network()
    networks: dict[str, Plain] = {"": Plain(net)}  # with all digits
    networks |= {name: RoundedPlain(net, bits) for name, bits in BITS.items()}
    print("| exemplar | picture | digits | loss off | gradient off |\n|---|---|---|---|---|")
    for name in arguments.names:
        example = load(exemplar_of(name, SIZE))
        noise = 50 * torch.randn(example.shape, generator=torch.manual_seed(0))
        finished = load(record_of(name, SIZE).with_suffix(".png"))
        for what, picture in (("noise", noise), ("recipe's result", finished)):
            whole, slope = evaluated(Loss(networks[""], example, TEXTURE), picture)
            for digits in BITS:
                # The targets are made with the same digits, as they would be.
                value, other = evaluated(Loss(networks[digits], example, TEXTURE), picture)
                off = float((other - slope).norm() / slope.norm())
                print(
                    f"| {name} | {what} | {digits} | {abs(value - whole) / whole:.1e} | {off:.1e} |"
                )
    print("\n| exemplar | digits | loss at the end, to that with all digits |\n|---|---|---|")
    for name in arguments.names:
        example = load(exemplar_of(name, SIZE))[..., MIDDLE, MIDDLE]
        judge = Loss(networks[""], example, TEXTURE)
        ends = {}
        for digits, plain in networks.items():
            picture = minimized(Loss(plain, example, TEXTURE), example, arguments.evaluations)
            with torch.no_grad():
                ends[digits] = judge(picture).item()
            if digits:
                more = ends[digits] / ends[""]
                print(f"| {name} | {digits} | {more:.2f} |", flush=True)


if __name__ == "__main__":
    main()
