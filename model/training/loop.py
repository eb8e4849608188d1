"""The training loop that both models share: AdamW, warm-up and linear decay, bf16, resume."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train.

    The heads in `slow` learn at the encoder's rate, the others at `head_rate`. `keep` is the decay of the
    moving average of the weights; `half` computes in bf16, which pays on a GPU or a CPU with AVX512-BF16 or
    AMX, by a third there, and costs on others.
    """

    epochs: int = 3
    learning_rate: float = 2e-4
    head_rate: float = 1e-3
    slow: tuple[str, ...] = ()
    layer_decay: float = 0.9
    warm_up: float = 0.06
    weight_decay: float = 0.01
    clip: float = 1.0
    keep: float = 0.995
    checkpoint_minutes: float = 5.0
    seed: int = 7
    half: bool = False


class Averaged:
    """Exponential moving average of the trainable weights (Polyak averaging)."""

    def __init__(self, parameters: dict[str, nn.Parameter], keep: float) -> None:
        self.keep = keep
        self.weights = {name: p.detach().clone() for name, p in parameters.items()}

    @torch.no_grad()
    def update(self, parameters: dict[str, nn.Parameter], step: int) -> None:
        """Fold the current weights in; early steps count more, so that the start is forgotten."""
        keep = min(self.keep, (1 + step) / (10 + step))
        for name, parameter in parameters.items():
            self.weights[name].lerp_(parameter.detach(), 1 - keep)


def parameter_groups(model: nn.Module, schedule: Schedule) -> list[dict[str, object]]:
    """Parameters by learning rate: heads fast, encoder layers slower the deeper they lie."""
    layers = 1 + max(
        (
            int(name.split("layer.")[1].split(".")[0])
            for name, _ in model.named_parameters()
            if "layer." in name
        ),
        default=0,
    )
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith(schedule.slow):
            rate = schedule.learning_rate
        elif not name.startswith("encoder."):
            rate = schedule.head_rate
        elif "layer." in name:
            depth = layers - 1 - int(name.split("layer.")[1].split(".")[0])
            rate = schedule.learning_rate * schedule.layer_decay**depth
        else:
            rate = schedule.learning_rate * schedule.layer_decay**layers
        groups.setdefault(rate, []).append(parameter)
    return [{"params": params, "lr": rate, "peak": rate} for rate, params in groups.items()]


def train(
    model: nn.Module,
    epochs: Callable[[int], Sequence[object]],
    schedule: Schedule,
    run: Path,
    evaluate: Callable[[nn.Module, int], None] | None = None,
) -> None:
    """Train `model` in place and leave the averaged weights in it.

    `model.loss(batch)` is the mean loss of a batch, `model.encoder` the part that learns more slowly.
    `epochs(n)` gives the batches of epoch n, the same ones each time that it is asked. Progress goes to
    `run`: `log.jsonl` a line each 20 steps, `resume.safetensors` every few minutes. A run that was cut off
    goes on from there.
    """
    run.mkdir(parents=True, exist_ok=True)
    (run / "schedule.json").write_text(json.dumps(asdict(schedule), indent=1))
    torch.manual_seed(schedule.seed)
    device = next(model.parameters()).device
    trainable = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimizer = torch.optim.AdamW(parameter_groups(model, schedule), weight_decay=schedule.weight_decay)
    average = Averaged(trainable, schedule.keep)
    plan = [epochs(n) for n in range(schedule.epochs)]
    total = sum(len(batches) for batches in plan)
    done = _resume(run / "resume.safetensors", trainable, average, optimizer)
    started = saved = time.monotonic()
    losses: list[float] = []
    for step, (epoch, batch, last) in enumerate(_steps(plan), start=1):
        if step <= done:
            continue
        model.train()
        _set_rate(optimizer, step / total, schedule.warm_up)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=schedule.half):
            loss = model.loss(batch)  # type: ignore[operator]
        loss.backward()
        nn.utils.clip_grad_norm_(trainable.values(), schedule.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.update(trainable, step)
        losses.append(loss.item())
        if step % 20 == 0:
            seconds = time.monotonic() - started
            line = {
                "step": step,
                "of": total,
                "loss": round(sum(losses) / len(losses), 4),
                "seconds": round(seconds),
            }
            with (run / "log.jsonl").open("a") as out:
                out.write(json.dumps(line) + "\n")
            losses.clear()
        if time.monotonic() - saved > 60 * schedule.checkpoint_minutes:
            _save(run / "resume.safetensors", trainable, average, optimizer, step)
            saved = time.monotonic()
        if last and evaluate is not None:
            with _Swapped(trainable, average):
                evaluate(model, epoch)
    with torch.no_grad():
        for name, parameter in trainable.items():
            parameter.copy_(average.weights[name])


def _steps(plan: Sequence[Sequence[object]]) -> Iterator[tuple[int, object, bool]]:
    for epoch, batches in enumerate(plan):
        for index, batch in enumerate(batches):
            yield epoch, batch, index == len(batches) - 1


def _set_rate(optimizer: torch.optim.Optimizer, progress: float, warm_up: float) -> None:
    factor = progress / warm_up if progress < warm_up else (1 - progress) / (1 - warm_up)
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """The weights of a model, as `safetensors` writes them."""
    return {name: weight.detach().cpu().contiguous() for name, weight in model.state_dict().items()}


class _Swapped:
    """The averaged weights in the model for the time of a `with` block."""

    def __init__(self, parameters: dict[str, nn.Parameter], average: Averaged) -> None:
        self.parameters, self.average = parameters, average

    def __enter__(self) -> None:
        self.kept = {name: p.detach().clone() for name, p in self.parameters.items()}
        self._copy(self.average.weights)

    def __exit__(self, *_: object) -> None:
        self._copy(self.kept)

    @torch.no_grad()
    def _copy(self, weights: dict[str, Tensor]) -> None:
        for name, parameter in self.parameters.items():
            parameter.copy_(weights[name])


def _save(
    path: Path,
    trainable: dict[str, nn.Parameter],
    average: Averaged,
    optimizer: torch.optim.Optimizer,
    step: int,
) -> None:
    names = {id(p): name for name, p in trainable.items()}
    tensors = {f"weight/{name}": p.detach().contiguous() for name, p in trainable.items()}
    tensors |= {f"average/{name}": w.contiguous() for name, w in average.weights.items()}
    for parameter, state in optimizer.state.items():
        for key in ("exp_avg", "exp_avg_sq"):
            tensors[f"{key}/{names[id(parameter)]}"] = state[key].contiguous()
    tensors["step"] = torch.tensor(step)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial)
    partial.replace(path)
    log.info("saved step %d", step)


def _resume(
    path: Path, trainable: dict[str, nn.Parameter], average: Averaged, optimizer: torch.optim.Optimizer
) -> int:
    if not path.exists():
        return 0
    tensors = load_file(path)
    step = int(tensors["step"])
    with torch.no_grad():
        for name, parameter in trainable.items():
            parameter.copy_(tensors[f"weight/{name}"])
            average.weights[name].copy_(tensors[f"average/{name}"])
            if f"exp_avg/{name}" not in tensors:
                # No batch so far had a gradient for it.
                continue
            optimizer.state[parameter] = {
                "step": torch.tensor(float(step)),
                "exp_avg": tensors[f"exp_avg/{name}"].clone().to(parameter.device),
                "exp_avg_sq": tensors[f"exp_avg_sq/{name}"].clone().to(parameter.device),
            }
    log.info("going on from step %d", step)
    return step
